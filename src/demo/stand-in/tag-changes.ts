import { attributeMessage, tagMessage } from "./feed-bodies.ts";
import { type Instance, markChanged } from "./instance.ts";
import type { Body } from "./row-bodies.ts";
import type { AttributeRow, EventRow, TagRow } from "./rows.ts";

/** The tag of that name, made (and announced) if there is none. */
export function captureTag(instance: Instance, name: string): TagRow {
  const existing = instance.store.tags.get(name);
  if (existing !== undefined) return existing;
  const tag = instance.store.addTag(name);
  instance.emit("misp_json_tag", () => tagMessage(tag, "add"));
  return tag;
}

/** Ties a tag to its target and announces only that; true unless it was there already, which MISP passes over in silence. */
export function linkTag(instance: Instance, target: EventRow | AttributeRow, name: string, local: boolean): boolean {
  if (target.tags.some(({ tag }) => tag.name === name)) return false;
  const tag = captureTag(instance, name);
  target.tags.push({ id: instance.store.nextId("link"), tag, local });
  // Only this one of the four messages says whether the tag is local.
  const extra = target.kind === "event" ? { ...whereTagged(target), local } : whereTagged(target);
  instance.emit("misp_json_tag", () => tagMessage(tag, `attached to ${target.kind}`, extra));
  return true;
}

/** Attaches a tag as `tags/attachTagToObject` does: a global one also unpublishes the event and renews its timestamp. */
export function attachTag(instance: Instance, target: EventRow | AttributeRow, name: string, local: boolean): boolean {
  const attached = linkTag(instance, target, name, local);
  if (attached && !local) touchTagged(instance, target);
  return attached;
}

/** Detaches a tag; answers whether it was a local one, or undefined when it was not attached. */
export function detachTag(
  instance: Instance,
  target: EventRow | AttributeRow,
  name: string,
): { local: boolean } | undefined {
  const link = target.tags.find(({ tag }) => tag.name === name);
  if (link === undefined) return undefined;
  target.tags = target.tags.filter((other) => other !== link);
  announceDetached(instance, target, link.tag);
  if (!link.local) touchTagged(instance, target);
  return { local: link.local };
}

/** Gives a tag another name as `tags/edit` does: only the tag's own message tells of it. */
export function renameTag(instance: Instance, name: string, renamed: string): void {
  const { tags } = instance.store;
  const tag = tags.get(name);
  if (!tag) throw new Error(`no tag has the name ${name}`);
  tags.delete(name);
  tag.name = renamed;
  tags.set(renamed, tag);
  instance.emit("misp_json_tag", () => tagMessage(tag, "edit"));
}

/** Puts the `detached from …` message of a tag on the feed. */
export function announceDetached(instance: Instance, target: EventRow | AttributeRow, tag: TagRow): void {
  instance.emit("misp_json_tag", () => tagMessage(tag, `detached from ${target.kind}`, whereTagged(target)));
}

function touchTagged(instance: Instance, target: EventRow | AttributeRow): void {
  if (target.kind === "attribute") {
    target.timestamp = instance.now();
    instance.emit("misp_json_attribute", () => attributeMessage(target, "edit"));
  }
  markChanged(instance, target.kind === "event" ? target : target.event);
}

function whereTagged(target: EventRow | AttributeRow): Body {
  if (target.kind === "event") return { event_id: `${target.id}` };
  return { attribute_id: `${target.id}`, event_id: `${target.event.id}` };
}
