import type { Attribute } from "../../model/misp.ts";
import type { AttributeRow } from "../attributes.ts";
import type { EventRow } from "../events.ts";
import type { Tables } from "../tables.ts";

/*
 * Which row is meant: MISP's number and the UUID must both agree. They part when a MISP was restored or installed anew, and
 * then the number stands for something else.
 */

/** The row of this event, under the number that it has now; a row that has only its number goes with all that belonged to it. */
export function knownEvent(tables: Tables, { id, uuid }: { id: number; uuid: string }): EventRow | undefined {
  const byId = tables.events.get(id);
  if (byId?.uuid === uuid) return byId;
  if (byId) dropEvent(tables, byId);
  const byUuid = tables.events.byUuid(uuid);
  if (!byUuid?.deleted) return byUuid && renumbered(tables, byUuid, id);
  // It was made anew, and nothing of before counts.
  dropEvent(tables, byUuid);
  return undefined;
}

/** Its attributes go with it, and hold up what they did until REST, which is asked for all of it, tells their numbers. */
function renumbered(tables: Tables, { id: former, ...event }: EventRow, id: number): EventRow {
  const { attributes, events, questions, reviews } = tables;
  events.remove(former);
  events.put({ ...event, id });
  attributes.renumberEvent(former, id);
  // Of those that came under both numbers the newer word counts.
  forgetAttributesOf(tables, former);
  reviews.finish(former);
  reviews.start(id);
  questions.ask(0, event.uuid, { whole: true });
  return { ...event, id };
}

const SLICE = 500;

function dropEvent(tables: Tables, { id, uuid }: EventRow): void {
  forgetAttributesOf(tables, id);
  tables.events.remove(id);
  // It may still be there, under another number.
  tables.questions.ask(0, uuid, { whole: true });
}

function forgetAttributesOf(tables: Tables, event: number): void {
  for (let batch = tables.attributes.following(event, 0, SLICE); batch.length > 0; ) {
    for (const attribute of batch) forgetAttribute(tables, attribute);
    batch = tables.attributes.following(event, 0, SLICE);
  }
}

/** Forgets an attribute whose number or UUID now stands for another. */
function forgetAttribute({ attributes, judging }: Tables, row: AttributeRow): void {
  judging.unlink(row);
  attributes.remove(row.id);
}

/** The row of this attribute; a row that has only its number, or is another event's, goes. */
export function knownAttribute(tables: Tables, told: Attribute): AttributeRow | undefined {
  const byId = tables.attributes.get(told.id);
  if (byId?.uuid === told.uuid && byId.event === told.eventId) return byId;
  if (byId) {
    forgetAttribute(tables, byId);
    tables.questions.ask(byId.event, tables.events.get(byId.event)?.uuid, { whole: true });
  }
  return undefined;
}

/** Remembers a new attribute; a row of its event that has only its UUID goes. */
export function rememberAttribute(tables: Tables, row: AttributeRow): void {
  // Hardly any has: that is seen when it cannot be inserted, without a look for each.
  if (tables.attributes.insert(row)) return;
  const byUuid = tables.attributes.byUuid(row.event, row.uuid);
  if (byUuid) forgetAttribute(tables, byUuid);
  tables.attributes.insert(row);
}
