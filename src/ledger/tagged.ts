import { tagsOf } from "./events.ts";
import type { Tables } from "./tables.ts";

/** Whether an event is known that has, itself or in an attribute, a tag of which `matches` is true. */
export function isTagged({ events, attributes }: Tables, uuid: string, matches: (tag: string) => boolean): boolean {
  const event = events.byUuid(uuid);
  if (!event) return false;
  if (tagsOf(event).some(matches)) return true;
  for (const attribute of attributes.of(event.id)) if (tagsOf(attribute).some(matches)) return true;
  return false;
}
