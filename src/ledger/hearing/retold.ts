import type { Attribute } from "../../model/misp.ts";
import type { Telling } from "../../model/notice.ts";
import { type AttributeRow, COLUMNS, ERASED, MISSING, SOFT_DELETED } from "../attributes.ts";
import { tagColumn, tagsOf } from "../events.ts";
import type { Moment } from "../tables.ts";

export function newAttribute(told: Attribute, heard: number): AttributeRow {
  return rowOf(told, tagColumn(told.tags ?? []), heard);
}

/** What remains of a known attribute when it is told again; `undefined` when nothing changes. */
export function retold(known: AttributeRow, told: Attribute, how: Telling, moment: Moment): AttributeRow | undefined {
  const wins = overrides(known, told, how, moment);
  if (!wins && !(how === "snapshot" && told.timestamp === known.timestamp)) return undefined;
  const tags = tagsAfter(known, told, how);
  const last = how === "answer" ? 0 : moment.now;
  const row = wins ? rowOf(told, tags, last) : { ...known, tags, heard: last };
  return same(row, known) ? undefined : row;
}

/** Whether an answer that does not count, since the feed spoke just before it was asked for, says something else all the same. */
export function isDoubted(known: AttributeRow, told: Attribute, moment: Moment): boolean {
  if (isSettled(known.heard, moment)) return false;
  return !same(rowOf(told, tagsAfter(known, told, "answer"), known.heard), known);
}

function overrides(known: AttributeRow, told: Attribute, how: Telling, moment: Moment): boolean {
  if (how === "answer" && isSettled(known.heard, moment)) return true;
  if (known.deleted === ERASED || told.timestamp < known.timestamp) return false;
  return told.timestamp > known.timestamp || (how === "edit" && known.deleted !== MISSING);
}

/** MISP sends a message before it commits: for this long, milliseconds, REST may still answer with what was before. */
const SETTLED = 2_000;

/** Whether what was heard then, milliseconds, had settled when REST was asked, so that its answer is the newer word. */
export function isSettled(heard: number, { asked, now }: Moment): boolean {
  return asked > heard + SETTLED || isToCome(heard, now);
}

/** What was heard in a time to come was heard by a clock that was ahead. */
export function isToCome(heard: number, now: number): boolean {
  return heard > now + SETTLED;
}

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
