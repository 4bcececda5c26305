import type { Notice } from "../../model/notice.ts";
import { type AttributeRow, ERASED, type MISSING } from "../attributes.ts";
import { ASKED_EARLY, withTag } from "../events.ts";
import type { Moment, Tables } from "../tables.ts";
import { mentionedEvent } from "./hear-events.ts";
import { followValue, takeBackSightingsOf } from "./hear-sightings.ts";
import { knownAttribute, rememberAttribute } from "./identity.ts";
import { isDoubted, newAttribute, retold } from "./retold.ts";

type AttributeNotice = Extract<Notice, { kind: "attribute" }>;

/** An attribute as it was told; what is known already, or is newer here, stays. */
export function hearAttribute(tables: Tables, notice: AttributeNotice, moment: Moment): void {
  const { now } = moment;
  const { attributes, judging, questions } = tables;
  const { attribute: told, how } = notice;
  const event = notice.event ? mentionedEvent(tables, notice.event) : tables.events.get(told.eventId);
  if (!event) questions.ask(told.eventId);
  const known = knownAttribute(tables, told);
  const after = known ? retold(known, told, how, moment) : newAttribute(told, how === "answer" ? 0 : now);
  if (!after) {
    // REST is not believed yet, and not disbelieved either: the event is to be read again.
    if (event && known && how === "answer" && isDoubted(known, told, moment)) tables.events.list(event, ASKED_EARLY);
    return;
  }
  if (known) {
    attributes.update(after, known);
    followValue(tables, known, after);
  } else rememberAttribute(tables, after);
  if (judging.link(known, after, event, now)) questions.ask(told.eventId, event?.uuid);
}

/** An attribute is gone for good. The message has no more of the event than its number, and the row stays so that nothing old brings it back. */
export function hearErased(
  tables: Tables,
  { id, uuid, eventId }: { id: number; uuid: string; eventId: number },
  moment: Moment,
): void {
  const byId = tables.attributes.get(id);
  const known = byId?.uuid === uuid ? byId : tables.attributes.byUuid(eventId, uuid);
  if (!known) return;
  markGone(tables, known, ERASED, moment);
  takeBackSightingsOf(tables, known.id, moment.now);
}

export function markGone(
  { attributes, events, judging }: Tables,
  known: AttributeRow,
  deleted: typeof ERASED | typeof MISSING,
  { now }: Moment,
): void {
  const after = { ...known, deleted, heard: now };
  attributes.update(after, known);
  judging.link(known, after, events.get(known.event), now);
}

/** A tag came to an attribute or left it; the message names both by number alone. */
export function hearAttributeTag(tables: Tables, tag: Extract<Notice, { kind: "tag" }>, { now }: Moment): void {
  const { attributes, events, judging, questions } = tables;
  const known = attributes.get(tag.id);
  if (!known) {
    questions.ask(tag.eventId, undefined, { whole: true });
    return;
  }
  const tags = withTag(known, tag.name, tag.attached);
  if (tags === known.tags) return;
  // A tag for all to see takes the publication back, of which MISP tells after it: an addition for its sake waits for that.
  const after = { ...known, tags, heard: now };
  attributes.update(after, known);
  const event = events.get(known.event);
  if (judging.link(known, after, event, now)) questions.ask(known.event, event?.uuid);
}
