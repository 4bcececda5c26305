import type { Attribute, EventFacts } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";

/**
 * What a publication tells: the event and all its attributes as they were just before, hence with `published` and
 * `publish_timestamp` of the past, and that it is published now.
 */
export function publicationOf(event: EventFacts, attributes: readonly Attribute[]): Notice[] {
  const { id, uuid, timestamp = 0 } = event;
  const uuids = new Set(attributes.map((attribute) => attribute.uuid));
  return [
    { kind: "event", event, how: "snapshot" },
    ...attributes.map((attribute): Notice => ({ kind: "attribute", attribute, event, how: "snapshot" })),
    { kind: "published", id, uuid, timestamp, attributes: uuids },
  ];
}
