import { join } from "node:path";
import type { Delta, Entry, Refusal } from "../../model/delta.ts";
import { type Indicator, isComposite } from "../../model/indicator.ts";
import { editLines } from "../lines/edit.ts";
import type { LineFormat } from "../lines/format.ts";
import { unfitForLine } from "../one-line.ts";
import { csvName } from "./names.ts";
import { type RowStyle, requoted, rowOf, spell } from "./row.ts";
import type { CsvSettings } from "./settings.ts";

/** How much of a file is looked at to see how it is written, bytes. */
const BEGINNING = 4_096;

/** The files of one target: where they are and what their rows look like. */
export interface CsvFiles {
  /** Absolute. */
  directory: string;
  settings: CsvSettings;
  style: RowStyle;
  format: LineFormat;
}

/** What a delta means for one type. */
export interface TypeChanges {
  /** Entries to hold, whether held before or not. */
  hold: Entry[];
  /** Values to drop. */
  drop: string[];
}

/** The files that these settings describe, in an absolute directory. */
export function csvFiles(settings: CsvSettings, directory: string): CsvFiles {
  const { columns, formula_guard } = settings;
  const style = { columns, guard: formula_guard === "quote-prefix" };
  return { directory, settings, style, format: { header: columns.join(","), fields: true } };
}

/** The path of a type's file. */
export function csvPath(files: CsvFiles, type: string): string {
  return join(files.directory, csvName(type, files.settings.layout));
}

/** Sorts a delta by type, which is by file, and says which entries no file can take. */
export function sortByType(delta: Delta, { settings }: CsvFiles) {
  const changes = new Map<string, TypeChanges>();
  const refusals: Refusal[] = [];
  const of = (type: string): TypeChanges => {
    const known = changes.get(type) ?? { hold: [], drop: [] };
    changes.set(type, known);
    return known;
  };
  for (const entry of [...delta.add, ...delta.renew]) {
    const reason = unfit(entry, settings);
    if (reason === undefined) of(entry.type).hold.push(entry);
    else refusals.push({ type: entry.type, value: entry.value, reason });
  }
  // What no line can hold was never held.
  for (const { type, value } of delta.remove) if (unfitForLine(value) === undefined) of(type).drop.push(value);
  return { changes, refusals };
}

/** The new content of a type's file, or `undefined` when it stays as it is. */
export function editCsv(content: Buffer | undefined, changes: TypeChanges, files: CsvFiles): Buffer | undefined {
  if (content === undefined && changes.hold.length === 0) return undefined;
  const rows = rowChanges(changes, files.style);
  if (content && mayBeRequoted(content)) dropRequoted(rows);
  return editLines(content ?? Buffer.alloc(0), files.format, rows);
}

function rowChanges({ hold, drop }: TypeChanges, style: RowStyle): Map<string, string | null> {
  const rows = new Map<string, string | null>(drop.map((value) => [spell(value, style.guard), null]));
  for (const entry of hold) rows.set(spell(entry.value, style.guard), rowOf(entry, style));
  if (style.guard) dropUnguarded(rows, [...drop, ...hold.map((entry) => entry.value)]);
  return rows;
}

// Rows written before the guard was switched on. With a quote in front they may be the guarded spelling of another value.
function dropUnguarded(rows: Map<string, string | null>, values: readonly string[]): void {
  for (const value of values) {
    const plain = spell(value, false);
    if (!value.startsWith("'") && !rows.has(plain)) rows.set(plain, null);
  }
}

/** Whether somebody may have saved the file with quotes around everything. What is left of that comes first: additions go to the end. */
function mayBeRequoted(content: Buffer): boolean {
  return content.subarray(0, BEGINNING).includes('\n"');
}

// Rows of ours that somebody saved with quotes around them.
function dropRequoted(rows: Map<string, string | null>): void {
  for (const field of [...rows.keys()]) {
    const other = requoted(field);
    if (other !== undefined) rows.set(other, null);
  }
}

function unfit({ type, value }: Indicator, { layout }: CsvSettings): string | undefined {
  if (layout === "plain" && isComposite(type)) return "layout plain holds the parts of composite types, not the pair";
  return unfitForLine(value);
}
