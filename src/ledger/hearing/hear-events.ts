import type { EventFacts } from "../../model/misp.ts";
import type { Notice } from "../../model/notice.ts";
import { ASKED_EARLY, described, type EventRow, newEvent, tagColumn, tagsOf, withTag } from "../events.ts";
import type { Moment, Tables } from "../tables.ts";
import { knownEvent } from "./identity.ts";
import { isSettled, isToCome } from "./retold.ts";

/** How a list that has not been read yet would have an event that our key was shown: from now on it can vanish. */
const SHOWN = "~shown";

type FactsTelling = Extract<Notice, { kind: "event" }>["how"];

/** An event's own facts, from the feed or from REST. */
export function hearEvent(tables: Tables, facts: EventFacts, how: FactsTelling, moment: Moment): void {
  const known = knownEvent(tables, facts);
  const before = known ?? newEvent(facts, true);
  const after = eventAfter(before, facts, how, moment);
  if (how === "heard" && facts.published) tables.questions.ask(facts.id, facts.uuid, { published: true });
  if (known && JSON.stringify(known) === JSON.stringify(after)) return;
  if (before.deleted > after.deleted) tables.sightings.incomplete = true;
  tables.events.put(after);
  if (concernsAttributes(tables, known, after)) tables.reviews.start(after.id);
}

/**
 * Whether attributes are to be judged again: those that came without their event wait for it. That REST was asked once more
 * is news only for those that were changed in the second of the publication.
 */
function concernsAttributes({ attributes }: Tables, before: EventRow | undefined, after: EventRow): boolean {
  const askedAgain = before && JSON.stringify({ ...before, confirmed: after.confirmed }) === JSON.stringify(after);
  return askedAgain
    ? attributes.anyOf(after.id, after.published_through)
    : attributes.following(after.id, 0, 1).length > 0;
}

/**
 * An event was published; only REST says how far that goes. An attribute that it leaves out was deleted, and the message of
 * that was lost, unless it came to the event since: to tell, REST is asked for all of it.
 */
export function hearPublished(
  { attributes, questions }: Tables,
  published: Extract<Notice, { kind: "published" }>,
): void {
  const { id, uuid, timestamp } = published;
  const whole = attributes.thereAt(id, timestamp).some((attribute) => !published.attributes.has(attribute));
  questions.ask(id, uuid, { published: true, whole });
}

/** An event is gone; MISP says nothing of its attributes, so the ledger remembers which they are. */
export function hearEventDeleted({ events, reviews }: Tables, id: number, uuid: string, { now }: Moment): void {
  const byId = events.get(id);
  const known = byId?.uuid === uuid ? byId : events.byUuid(uuid);
  if (!known || known.deleted) return;
  events.put({ ...known, deleted: 1, told: now });
  reviews.start(known.id);
}

/** A tag came to an event or left it; the message names the event by its number alone. */
export function hearEventTag(
  tables: Tables,
  tag: { id: number; name: string; attached: boolean },
  { now }: Moment,
): void {
  const known = tables.events.get(tag.id);
  if (!known) {
    tables.questions.ask(tag.id, undefined, { whole: true });
    return;
  }
  const tags = withTag(known, tag.name, tag.attached);
  tables.events.put({ ...known, tags, told: now });
  if (tags !== known.tags) tables.reviews.start(tag.id);
}

/**
 * An object of an event may be more closed, or more open, than it was, and its attributes with it; MISP tells of the object alone.
 * Its message comes before it has saved that: the next catch-up looks once more.
 */
export function hearObjectEdited({ events, questions }: Tables, eventId: number): void {
  const known = events.get(eventId);
  if (!known) return;
  questions.ask(known.id, known.uuid, { whole: true });
  if (known.listed !== "") events.list(known, ASKED_EARLY);
}

/** The event that an attribute's message names; of a known one such a remark tells nothing that can be relied on. */
export function mentionedEvent(tables: Tables, facts: EventFacts): EventRow {
  const known = knownEvent(tables, facts);
  if (known && (known.known === 1 || known.creator_id > 0)) return known;
  const row = { ...newEvent({ ...facts, tags: undefined }, false), listed: known?.listed ?? "" };
  tables.events.put(row);
  tables.questions.ask(row.id, row.uuid);
  return row;
}

/** What an event's row becomes by what is told of it. */
function eventAfter(before: EventRow, facts: EventFacts, how: FactsTelling, moment: Moment): EventRow {
  const newer = facts.timestamp === undefined || facts.timestamp >= before.timestamp;
  return {
    ...before,
    ...(newer ? described(facts) : {}),
    timestamp: Math.max(before.timestamp, facts.timestamp ?? 0),
    known: 1,
    // What was taken for deleted may only have been hidden from our key for a while.
    deleted: how === "answer" && isSettled(before.told, moment) ? 0 : before.deleted,
    listed: how === "answer" ? before.listed || SHOWN : before.listed,
    ...tagsAfter(before, facts, how, moment),
    ...publicationAfter(before, facts, how, moment),
  };
}

function tagsAfter(before: EventRow, facts: EventFacts, how: FactsTelling, { now, asked }: Moment): Partial<EventRow> {
  if (facts.tags === undefined) return {};
  if (how === "snapshot") return { tags: tagColumn([...tagsOf(before), ...facts.tags]) };
  if (how === "answer") return asked > before.told || isToCome(before.told, now) ? { tags: tagColumn(facts.tags) } : {};
  return { tags: tagColumn(facts.tags), told: now };
}

/**
 * Only REST's answer says that an event is published now. When it was last published is true whoever says it, and that it
 * was explicitly unpublished shows in its times: an edit would have left a later timestamp.
 */
function publicationAfter(
  before: EventRow,
  facts: EventFacts,
  how: FactsTelling,
  { asked }: Moment,
): Partial<EventRow> {
  const published = facts.publishTimestamp ?? 0;
  const edited = facts.timestamp ?? 0;
  if (how === "answer" && facts.published) {
    return { published_through: Math.max(published, edited, before.published_through), confirmed: asked, withdrawn: 0 };
  }
  const current = published > 0 && published >= before.published_through;
  const unpublished = how !== "snapshot" && !facts.published && current && edited <= published;
  // An edit took back a publication that nobody told of: it ended the withdrawal all the same.
  const again = how !== "snapshot" && published > before.published_through;
  return {
    published_through: Math.max(published, before.published_through),
    // Of the second of its publication nobody can tell any more what came before it and what after.
    ...(how === "answer" ? { confirmed: 0 } : {}),
    ...(unpublished ? { withdrawn: 1 } : again ? { withdrawn: 0 } : {}),
  };
}
