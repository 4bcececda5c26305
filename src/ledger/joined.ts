import type { Support } from "../curation/qualify.ts";
import { type AttributeRow, ERASED } from "./attributes.ts";
import { type EventRow, tagsOf } from "./events.ts";

/** The joined picture of an attribute and its event, as the rules look at it. */
export function joined(attribute: AttributeRow, event: EventRow | undefined): Support {
  return {
    attribute: {
      type: attribute.type,
      toIds: attribute.to_ids === 1,
      deleted: attribute.deleted > 0,
      comment: attribute.comment,
      timestamp: attribute.timestamp,
      distribution: attribute.distribution,
      tags: tagsOf(attribute),
      heard: attribute.heard,
      score: attribute.score,
    },
    event: event ? pictureOfEvent(event) : UNKNOWN_EVENT,
  };
}

function pictureOfEvent(event: EventRow): Support["event"] {
  return {
    creator: { id: event.creator_id, uuid: event.creator_uuid, name: event.creator_name },
    distribution: event.distribution,
    tags: tagsOf(event),
    deleted: event.deleted === 1,
    known: event.known === 1,
    withdrawn: event.withdrawn === 1,
    publishedThrough: event.published_through,
    confirmed: event.confirmed,
  };
}

const UNKNOWN_EVENT: Support["event"] = {
  creator: { id: 0, uuid: null, name: null },
  distribution: 0,
  tags: [],
  deleted: false,
  known: false,
  withdrawn: false,
  publishedThrough: 0,
  confirmed: 0,
};

/** The time that an indicator's TTL counts from, as far as this attribute tells. */
export function referenceOf(attribute: AttributeRow): number {
  return attribute.deleted >= ERASED ? 0 : Math.max(attribute.timestamp, attribute.last_seen ?? 0);
}
