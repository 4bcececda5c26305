import type { IndicatorRecord, RecordedAttribute } from "../../model/record.ts";
import type { AttributeRow } from "../attributes.ts";
import { type EventRow, tagColumn } from "../events.ts";
import { nameInRecord } from "../recorded.ts";
import type { Moment, Tables } from "../tables.ts";

/** Who may see it: everybody, so that an attribute's own distribution is what counts. */
const EVERYBODY = 3;

/**
 * What another courier says of an indicator. Each attribute of the record is a support like one of a MISP of our own, under a
 * number of ours: the numbers of several MISPs would collide. With it stands in which reading of the topic it was told of, by
 * a count and not by a time: clocks are set.
 */
export function hearRecord(tables: Tables, record: IndicatorRecord, { now, asked: reading }: Moment): void {
  const { attributes, judging } = tables;
  const before = new Map(attributes.ofRecord(record.name).map((row) => [row.uuid, row]));
  const told = new Map(record.attributes.map((attribute) => [nameInRecord(record.name, attribute.uuid), attribute]));
  for (const [uuid, row] of before) if (!told.has(uuid)) forget(tables, row);
  for (const [uuid, attribute] of told) {
    const known = before.get(uuid);
    const event = eventOf(tables, record.origin, attribute, now);
    const row = {
      ...rowOf(record, attribute),
      uuid,
      event: event.id,
      id: known?.id ?? attributes.nextId(),
      heard: reading,
    };
    if (known) attributes.update(row, known);
    else attributes.insert(row);
    if (known && isSame(known, row)) continue;
    judging.link(known, row, event, now);
  }
}

/** That courier no longer wants it. */
export function hearRecordGone(tables: Tables, name: string): void {
  for (const row of tables.attributes.ofRecord(name)) forget(tables, row);
}

/** Something is still said of it: what cannot be read takes nothing away, nor does it when the topic is read again. */
export function hearRecordUnread({ attributes }: Tables, name: string, { asked: reading }: Moment): void {
  for (const row of attributes.ofRecord(name)) attributes.update({ ...row, heard: reading }, row);
}

/** Forgets the attributes with numbers after one and up to another that were last told of in an earlier reading. */
export function forgetUntold(tables: Tables, reading: number, after: number, through: number): void {
  for (const row of tables.attributes.notHeardSince(reading, after, through)) forget(tables, row);
}

function forget({ attributes, judging }: Tables, row: AttributeRow): void {
  judging.unlink(row);
  attributes.remove(row.id);
}

/** Read once more, a record says nothing new; its supports are then as they were. */
function isSame(known: AttributeRow, row: AttributeRow): boolean {
  return JSON.stringify({ ...known, heard: row.heard }) === JSON.stringify({ ...known, ...row });
}

function rowOf(
  record: IndicatorRecord,
  attribute: RecordedAttribute,
): Omit<AttributeRow, "id" | "uuid" | "event" | "heard"> {
  const newest = record.attributes.reduce((time, one) => Math.max(time, one.timestamp, one.lastSeen ?? 0), 0);
  return {
    type: record.type,
    value: record.value,
    category: attribute.category,
    to_ids: 1,
    deleted: 0,
    comment: attribute.comment,
    // Later than all of them is a thumbs-up, which counts for all.
    timestamp: record.reference > newest ? record.reference : attribute.timestamp,
    first_seen: attribute.firstSeen,
    last_seen: attribute.lastSeen,
    distribution: attribute.distribution,
    tags: tagColumn(attribute.tags),
    score: record.score,
  };
}

function eventOf({ events, reviews }: Tables, origin: string, told: RecordedAttribute, now: number): EventRow {
  const uuid = nameInRecord(origin, told.event.uuid);
  const known = events.byUuid(uuid);
  const facts = {
    info: told.event.info,
    date: told.event.date,
    creator_uuid: told.organisation.uuid || null,
    creator_name: told.organisation.name || null,
  };
  if (known && Object.entries(facts).every(([column, value]) => known[column as keyof typeof facts] === value))
    return known;
  const row = { ...(known ?? newEvent(uuid, events.nextId(), now)), ...facts };
  events.put(row);
  // Its creator decides on other attributes, too.
  if (known && known.creator_uuid !== row.creator_uuid) reviews.start(row.id);
  return row;
}

function newEvent(uuid: string, id: number, now: number): EventRow {
  return {
    ...{ id, uuid, info: "", date: "", distribution: EVERYBODY, threat_level: 4, creator_id: 0, creator_uuid: null },
    ...{ creator_name: null, timestamp: 0, known: 1, deleted: 0, withdrawn: 0, published_through: 0, confirmed: 0 },
    ...{ tags: "[]", told: now, listed: "" },
  };
}
