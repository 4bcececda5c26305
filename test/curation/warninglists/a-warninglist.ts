import type { Warninglist } from "../../../src/curation/warninglists/warninglist.ts";
import { compileWarninglists } from "../../../src/curation/warninglists/warninglists.ts";

/** A list of strings for all types, unless said otherwise. */
export function aWarninglist(fields: Partial<Warninglist> = {}): Warninglist {
  return {
    name: "A list",
    type: "string",
    version: 1,
    category: "false_positive",
    matchingAttributes: ["ALL"],
    entries: [],
    ...fields,
  };
}

/** The entry by which one list of the given kind warns of a value; `null` when it does not. */
export function entryThatWarns(
  type: Warninglist["type"],
  entries: readonly string[],
  value: string,
  attributeType = "text",
): string | null {
  const matches = compileWarninglists([aWarninglist({ type, entries })]).match(attributeType, value);
  return matches[0]?.entry ?? null;
}
