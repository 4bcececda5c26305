import { randomUUID } from "node:crypto";
import { defaultsOf, joinValue, splitValue } from "./attribute-defaults.ts";
import { attributeMessage, erasedAttributeMessage, eventMessage, sightingMessage } from "./feed-bodies.ts";
import type { AttributeChanges, AttributeInput } from "./inputs.ts";
import { type Instance, markChanged } from "./instance.ts";
import type { AttributeRow, EventRow } from "./rows.ts";
import { announceDetached, linkTag } from "./tag-changes.ts";

/** Saves one attribute and then its tags, announcing each; the event is left as it is. */
export function insertAttribute(instance: Instance, event: EventRow, input: AttributeInput): AttributeRow {
  const attribute: AttributeRow = {
    kind: "attribute",
    id: instance.store.nextId("attribute"),
    uuid: input.uuid ?? randomUUID(),
    event,
    type: input.type,
    ...splitValue(input.type, input.value),
    category: input.category ?? defaultsOf(input.type).category,
    toIds: input.toIds ?? defaultsOf(input.type).toIds,
    comment: input.comment ?? "",
    timestamp: input.timestamp ?? instance.now(),
    distribution: input.distribution ?? 5,
    deleted: false,
    firstSeen: input.firstSeen ?? null,
    lastSeen: input.lastSeen ?? null,
    tags: [],
    sightings: [],
  };
  instance.store.addAttribute(attribute);
  instance.emit("misp_json_attribute", () => attributeMessage(attribute, "add"));
  for (const name of input.tags ?? []) linkTag(instance, attribute, name, false);
  return attribute;
}

/** Adds attributes to an event that exists: one message each; the event loses its publication once all are saved. */
export function addAttributes(instance: Instance, event: EventRow, inputs: readonly AttributeInput[]): AttributeRow[] {
  const added = inputs.map((input) => insertAttribute(instance, event, input));
  markChanged(instance, event);
  return added;
}

/** Saves and announces a change of an attribute; its event is left as it is. A change of nothing is announced too. */
export function saveAttribute(instance: Instance, attribute: AttributeRow, changes: AttributeChanges): void {
  const { type = attribute.type, value = joinValue(attribute), ...columns } = changes;
  instance.store.changeValue(attribute, type, value);
  Object.assign(attribute, { timestamp: instance.now(), ...columns });
  instance.emit("misp_json_attribute", () => attributeMessage(attribute, "edit"));
}

/** Edits an attribute: the message still calls the event published if it was, then the event no longer is. */
export function editAttribute(instance: Instance, attribute: AttributeRow, changes: AttributeChanges): void {
  saveAttribute(instance, attribute, changes);
  markChanged(instance, attribute.event);
}

/** Marks an attribute as deleted and announces it; its event is left as it is. */
export function retireAttribute(instance: Instance, attribute: AttributeRow, timestamp: number): void {
  if (!attribute.deleted) attribute.event.attributeCount -= 1;
  Object.assign(attribute, { deleted: true, timestamp });
  instance.emit("misp_json_attribute", () => attributeMessage(attribute, "soft-delete"));
}

/** Deletes an attribute softly. */
export function softDelete(instance: Instance, attribute: AttributeRow): void {
  retireAttribute(instance, attribute, instance.now());
  markChanged(instance, attribute.event);
}

/** Deletes an attribute for good: the bare message first, then its tags and sightings go one by one. */
export function hardDelete(instance: Instance, attribute: AttributeRow): void {
  instance.emit("misp_json_attribute", () => erasedAttributeMessage(attribute));
  for (const { tag } of attribute.tags) announceDetached(instance, attribute, tag);
  for (const sighting of attribute.sightings) {
    instance.emit("misp_json_sighting", () => sightingMessage(sighting, "delete"));
  }
  instance.store.removeAttribute(attribute);
  markChanged(instance, attribute.event);
}

/** Brings a softly deleted attribute back. Unlike other edits this one announces the event as well. */
export function restoreAttribute(instance: Instance, attribute: AttributeRow): void {
  const { event } = attribute;
  const returns = attribute.deleted;
  attribute.deleted = false;
  attribute.timestamp = instance.now();
  instance.emit("misp_json_attribute", () => attributeMessage(attribute, "edit"));
  markChanged(instance, event);
  instance.emit("misp_json_event", () => eventMessage(event, "edit"));
  if (returns) event.attributeCount += 1;
}
