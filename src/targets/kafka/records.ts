import { createHash } from "node:crypto";
import { recordKey, recordOf } from "../../kafka/record.ts";
import type { Written } from "../../kafka/writer.ts";
import type { Entry } from "../../model/delta.ts";
import type { Indicator } from "../../model/indicator.ts";
import { stixIndicator } from "../../stix/indicator.ts";

export type Format = "courier" | "stix";

/** Name of the header that holds what a record shows, by which an audit compares. */
export const SHOWS = "shows";

/** The record that says of an entry that it is held; a text is the reason why there can be none. */
export function heldRecord(entry: Entry, format: Format, origin: string, now: number): Written | string {
  const { type, value } = entry;
  if (value === "") return "the value is empty";
  if (!value.isWellFormed() || !type.isWellFormed()) return "the value is not well-formed Unicode";
  if (value.includes("\0")) return "the value has a NUL character, with which no follower takes it";
  const text = format === "courier" ? recordOf(entry, origin) : stixOf(entry, now);
  if (text === undefined) return `STIX patterns have no words for ${type}`;
  const headers = { type, [SHOWS]: showsOf(format)(entry) };
  return { key: recordKey({ type, value }, origin), value: text, headers };
}

/** The tombstone of an indicator; those who keep no state of their own learn from its headers what it was. */
export function tombstone({ type, value }: Indicator, origin: string): Written {
  return { key: recordKey({ type, value }, origin), value: null, headers: { type, value } };
}

/** What of an entry a record shows, as a digest. */
export function showsOf(format: Format): (entry: Entry) => string {
  // A STIX indicator has its times from when it is written; what makes it another one is the same as of a record.
  return (entry) => digestOf(`${format} ${recordOf(entry, "")}`);
}

function stixOf(entry: Entry, now: number): string | undefined {
  const origins = entry.origins.toSorted((one, other) => one.timestamp - other.timestamp);
  // To the millisecond: a receiver keeps the version whose `modified` is the latest.
  const stix = stixIndicator({ ...entry, origins }, now / 1000);
  return stix && JSON.stringify(stix);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
