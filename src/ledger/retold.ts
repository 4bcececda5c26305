import type { Attribute } from "../model/misp.ts";
import type { Telling } from "../model/notice.ts";
import { type AttributeRow, COLUMNS, ERASED, MISSING, SOFT_DELETED } from "./attributes.ts";
import { tagColumn, tagsOf } from "./events.ts";

export function newAttribute(told: Attribute, heard: number): AttributeRow {
  return rowOf(told, tagColumn(told.tags ?? []), heard);
}

/**
 * What remains of a known attribute when it is told again; `undefined` when nothing changes.
 * @param heard when the feed spoke, milliseconds; for an answer of REST, when it was asked
 */
export function retold(known: AttributeRow, told: Attribute, how: Telling, heard: number): AttributeRow | undefined {
  const wins = overrides(known, told, how, heard);
  if (!wins && !(how === "snapshot" && told.timestamp === known.timestamp)) return undefined;
  const tags = tagsAfter(known, told, how);
  const last = how === "answer" ? 0 : heard;
  const row = wins ? rowOf(told, tags, last) : { ...known, tags, heard: last };
  return same(row, known) ? undefined : row;
}

/** Whether an answer that does not count, since the feed spoke just before it was asked for, says something else all the same. */
export function isDoubted(known: AttributeRow, told: Attribute, asked: number): boolean {
  if (asked > known.heard + SETTLED) return false;
  return !same(rowOf(told, tagsAfter(known, told, "answer"), known.heard), known);
}

function overrides(known: AttributeRow, told: Attribute, how: Telling, heard: number): boolean {
  if (how === "answer" && heard > known.heard + SETTLED) return true;
  if (known.deleted === ERASED || told.timestamp < known.timestamp) return false;
  return told.timestamp > known.timestamp || (how === "edit" && known.deleted !== MISSING);
}

/** MISP sends a message before it commits: for this long, milliseconds, REST may still answer with what was before. */
export const SETTLED = 2_000;

function tagsAfter(known: AttributeRow, told: Attribute, how: Telling): string {
  if (told.tags === undefined) return known.tags;
  // A snapshot leaves out the tags that are not exportable.
  return tagColumn(how === "snapshot" ? [...tagsOf(known), ...told.tags] : told.tags);
}

function rowOf(told: Attribute, tags: string, heard: number): AttributeRow {
  return {
    id: told.id,
    uuid: told.uuid,
    event: told.eventId,
    type: told.type,
    value: told.value,
    category: told.category,
    to_ids: told.toIds ? 1 : 0,
    deleted: told.deleted ? SOFT_DELETED : 0,
    comment: told.comment,
    timestamp: told.timestamp,
    first_seen: told.firstSeen,
    last_seen: told.lastSeen,
    distribution: told.distribution,
    tags,
    heard,
    score: null,
  };
}

function same(one: AttributeRow, other: AttributeRow): boolean {
  return COLUMNS.every((column) => column === "heard" || one[column] === other[column]);
}
