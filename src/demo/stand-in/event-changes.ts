import { randomUUID } from "node:crypto";
import { insertAttribute } from "./attribute-changes.ts";
import { deletedEventMessage, eventMessage } from "./feed-bodies.ts";
import { fullEvent } from "./full-event.ts";
import type { EventChanges, EventInput } from "./inputs.ts";
import { HOST, type Instance, markChanged } from "./instance.ts";
import type { EventRow, OrganisationRow } from "./rows.ts";
import { captureTag, linkTag } from "./tag-changes.ts";

/**
 * Saves a new event: new tags, the event, its tags, then attribute by attribute; if it comes published, the publication
 * at the end. `locked` marks one that another server owns.
 * @throws Error when an event of that uuid was deleted before
 */
export function createEvent(
  instance: Instance,
  input: Omit<EventInput, "organisation">,
  creator: OrganisationRow,
  locked = false,
): EventRow {
  if (input.uuid !== undefined && instance.store.blocked.has(input.uuid)) {
    throw new Error("Event blocked by event blocklist.");
  }
  const attributes = input.attributes ?? [];
  for (const name of [...(input.tags ?? []), ...attributes.flatMap(({ tags }) => tags ?? [])]) {
    captureTag(instance, name);
  }
  const event = { ...newEvent(instance, input, creator), locked };
  instance.store.addEvent(event);
  instance.emit("misp_json_event", () => eventMessage(event, "add"));
  for (const name of input.tags ?? []) linkTag(instance, event, name, false);
  for (const attribute of attributes) insertAttribute(instance, event, attribute);
  if (event.published) publish(instance, event);
  return event;
}

/** Edits an event's own fields: it is announced as no longer published. */
export function editEvent(instance: Instance, event: EventRow, changes: EventChanges): void {
  Object.assign(event, changes);
  markChanged(instance, event);
  instance.emit("misp_json_event", () => eventMessage(event, "edit"));
}

/** Deletes an event: one bare message, none for what was in it. */
export function deleteEvent(instance: Instance, event: EventRow): void {
  instance.emit("misp_json_event", () => deletedEventMessage(event));
  instance.store.removeEvent(event);
}

/** Publishes: the message is made first, so it shows the flag and the publish timestamp of before. */
export function publish(instance: Instance, event: EventRow): void {
  pushToZeromq(instance, event);
  event.published = true;
  event.publishTimestamp = instance.now();
}

/** Takes a publication back; neither of the event's timestamps changes. */
export function unpublish(instance: Instance, event: EventRow): void {
  event.published = false;
  instance.emit("misp_json_event", () => eventMessage(event, "edit"));
}

/** Sends the event as a publication would, published or not. */
export function pushToZeromq(instance: Instance, event: EventRow): void {
  instance.emit("misp_json", () => fullEvent(event));
}

function newEvent(
  instance: Instance,
  input: Omit<EventInput, "organisation">,
  creator: OrganisationRow,
): Omit<EventRow, "locked"> {
  const now = instance.now();
  return {
    kind: "event",
    id: instance.store.nextId("event"),
    uuid: input.uuid ?? randomUUID(),
    info: input.info,
    date: input.date ?? new Date(now * 1000).toISOString().slice(0, 10),
    published: input.published ?? false,
    analysis: 0,
    threatLevel: input.threatLevel ?? 4,
    distribution: input.distribution ?? 1,
    timestamp: input.timestamp ?? now,
    publishTimestamp: 0,
    owner: instance.store.organisation(HOST),
    creator,
    attributeCount: 0,
    attributes: new Set(),
    tags: [],
  };
}
