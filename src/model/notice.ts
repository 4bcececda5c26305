import type { Attribute, EventFacts, Organisation, Sighting } from "./misp.ts";
import type { IndicatorRecord } from "./record.ts";

/**
 * How MISP told of an attribute, which decides what it may override. Within the same second, an `add` changes nothing that is
 * known, a `snapshot` (an event as it was published) only brings tags, an `edit` wins, and REST's `answer` wins if it
 * was asked for after the last message of the feed.
 */
export type Telling = "add" | "edit" | "snapshot" | "answer";

/**
 * What MISP said, in one shape whether it came over the feed or REST.
 *
 * - `published` has the UUIDs of all attributes that the event had just before, and when the event had last been edited.
 * - Only from REST: `contents`, the UUIDs of all attributes of an event; `listed`, the event's state in the list of events; `read`,
 *   the event was read completely, in that state; `sightings-listed`, the ids of all sightings of a span of time that our key may see
 *   (`whole`: everybody's).
 * - Only from another courier: `record`, what it says of one indicator; `record-gone`, that it has it no more; `record-unread`, that
 *   its record cannot be read.
 */
export type Notice =
  | { kind: "attribute"; attribute: Attribute; event: EventFacts | undefined; how: Telling }
  | { kind: "attribute-erased"; id: number; uuid: string; eventId: number }
  | { kind: "event"; event: EventFacts; how: "heard" | "snapshot" | "answer" }
  | { kind: "event-deleted"; id: number; uuid: string }
  | { kind: "published"; id: number; uuid: string; timestamp: number; attributes: ReadonlySet<string> }
  | { kind: "object-edited"; eventId: number }
  | { kind: "tag"; on: "event" | "attribute"; id: number; eventId: number; name: string; attached: boolean }
  | { kind: "tag-edited"; name: string }
  | { kind: "contents"; id: number; uuid: string; attributes: ReadonlySet<string> }
  | { kind: "listed"; id: number; uuid: string; state: string }
  | { kind: "read"; id: number; uuid: string; state: string }
  | { kind: "sighting"; sighting: Sighting; how: "heard" | "answer" }
  | { kind: "sightings-listed"; from: number; to: number; ids: ReadonlySet<number>; whole: boolean }
  | { kind: "sighting-deleted"; id: number }
  | { kind: "organisation"; organisation: Organisation }
  | { kind: "warninglist"; id: number; enabled: boolean }
  | { kind: "pulled"; uuid: string }
  | { kind: "alive"; uptime: number }
  | { kind: "record"; record: IndicatorRecord }
  | { kind: "record-gone"; name: string }
  | { kind: "record-unread"; name: string };

/** A message that could not be read. It is skipped; the newest ones are kept, with their reasons. */
export interface Unreadable {
  topic: string;
  reason: string;
  /** The beginning of the message, for the person who looks into it. */
  excerpt: string;
}
