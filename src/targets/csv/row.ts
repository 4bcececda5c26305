import type { Entry, Origin } from "../../model/delta.ts";
import { isoTimeOf } from "../../model/iso-time.ts";
import { onOneLine } from "../one-line.ts";

/** What a row of a CSV file may show, by the name in its header. */
export const COLUMNS = [
  "value",
  "type",
  "score",
  "expires",
  "first_seen",
  "last_seen",
  "event",
  "event_uuid",
  "event_date",
  "organisation",
  "tags",
  "category",
  "comment",
  "attribute_uuid",
] as const;

export type Column = (typeof COLUMNS)[number];

/** How rows are written. `guard`: a quote goes before what a spreadsheet would run as a formula. */
export interface RowStyle {
  columns: readonly Column[];
  guard: boolean;
}

/** East Asian spreadsheets take the full-width forms of these signs for the signs. */
const FORMULA = /^'*[=+\-@＝＋－＠]/;
const GUARDED = /^'+[=+\-@＝＋－＠]/;
const WITHOUT_ORIGINS: ReadonlySet<Column> = new Set(["value", "type", "score", "expires"]);

const TEXT: Record<Column, (entry: Entry) => string> = {
  value: (entry) => entry.value,
  type: (entry) => entry.type,
  score: (entry) => String(entry.score),
  expires: (entry) => isoTimeOf(entry.expires) ?? "",
  first_seen: (entry) => isoTimeOf(extreme(Math.min, entry, (origin) => origin.firstSeen)) ?? "",
  last_seen: (entry) => isoTimeOf(extreme(Math.max, entry, (origin) => origin.lastSeen)) ?? "",
  event: (entry) => joined(entry, (origin) => [origin.eventInfo]),
  event_uuid: (entry) => joined(entry, (origin) => [origin.eventUuid]),
  event_date: (entry) => joined(entry, (origin) => [origin.eventDate]),
  organisation: (entry) => joined(entry, (origin) => [origin.organisation]),
  tags: (entry) => joined(entry, (origin) => origin.tags),
  category: (entry) => joined(entry, (origin) => [origin.category]),
  comment: (entry) => joined(entry, (origin) => [origin.comment]),
  attribute_uuid: (entry) => joined(entry, (origin) => [origin.attributeUuid]),
};

/** The row of an entry, without a line break. */
export function rowOf(entry: Entry, { columns, guard }: RowStyle): string {
  return columns.map((column) => spell(onOneLine(TEXT[column](entry)), guard)).join(",");
}

/** A value as the first field of its row. Two values never share a spelling. */
export function spell(value: string, guard: boolean): string {
  const text = guard && isFormula(value) ? `'${value}` : value;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A first field as programs write it that put quotes around everything; `undefined` where it has them anyway. */
export function requoted(field: string): string | undefined {
  return field.startsWith('"') ? undefined : `"${field}"`;
}

/** The value that a first field spells: the way back from `spell`. */
export function unspell(field: string, guard: boolean): string {
  const quoted = field.length > 1 && field.startsWith('"') && field.endsWith('"');
  const text = quoted ? field.slice(1, -1).replaceAll('""', '"') : field;
  return guard && GUARDED.test(text) ? text.slice(1) : text;
}

/** What a row shows beside its value, out of its other fields: that a quote goes before the value belongs to it. */
export function besideValue(others: string, guarded: boolean): string {
  return guarded ? `'${others}` : others;
}

/** Whether a value is spelled with a quote before it, where formulas are guarded. */
export function isFormula(value: string): boolean {
  return FORMULA.test(value);
}

/** True when one of the columns tells of the attributes that hold an indicator up. */
export function showsOrigins(columns: readonly Column[]): boolean {
  return columns.some((column) => !WITHOUT_ORIGINS.has(column));
}

function joined(entry: Entry, textsOf: (origin: Origin) => readonly string[]): string {
  // The ledger may name the origins in any order: without one of our own the same facts would look like a change.
  const origins = entry.origins.toSorted((one, other) => (one.attributeUuid < other.attributeUuid ? -1 : 1));
  const texts = new Set(origins.flatMap((origin) => textsOf(origin)));
  texts.delete("");
  return [...texts].join("; ");
}

function extreme(pick: (a: number, b: number) => number, entry: Entry, timeOf: (origin: Origin) => number | null) {
  const times = entry.origins.map(timeOf).filter((time) => time !== null);
  return times.length === 0 ? null : times.reduce((one, other) => pick(one, other));
}
