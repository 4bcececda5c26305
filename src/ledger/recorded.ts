/*
 * An attribute that another courier told of stands under the name of its record and its UUID, an event under its origin and
 * its UUID: MISPs that exchange events have the same UUIDs, and what one of them lets go the other may still hold.
 */

const MARK = "#";
/** The character that follows the mark: what begins with a name and the mark sorts before it. */
const AFTER = "$";

/** The name under which a UUID stands. */
export function nameInRecord(record: string, uuid: string): string {
  return `${record}${MARK}${uuid}`;
}

/** The UUID alone, as MISP has it, of whatever stands in a ledger. */
export function uuidIn(name: string): string {
  return name.slice(name.lastIndexOf(MARK) + 1);
}

/** Which MISP another courier has it from; `null`: our own. */
export function originIn(name: string): string | null {
  const [, origin = null] = /@(.*)#/.exec(name) ?? [];
  return origin;
}

/** From which text on, and before which, everything of a record stands. */
export function spanOf(record: string): [from: string, before: string] {
  return [`${record}${MARK}`, `${record}${AFTER}`];
}
