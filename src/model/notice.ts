import type { Attribute, EventFacts, Organisation, Sighting } from "./misp.ts";
import type { IndicatorRecord } from "./record.ts";

/**
 * How an attribute was told, which decides what it may override: of the same second, an `add` changes nothing that is
 * known, a `snapshot` (an event as it was published) only brings tags, an `edit` wins, and REST's `answer` wins when it
 * was asked for after the last word of the feed.
 */
export type Telling = "add" | "edit" | "snapshot" | "answer";

/**
 * What MISP told us, in one shape whether it came over ZeroMQ or REST.
 *
 * A publication tells the UUIDs of all attributes that its event had just before, and when the event had last been edited.
 *
 * Four come from REST alone: `contents`, the UUIDs of all attributes of an event; `listed`, how the list of events has it; `read`,
 * that all of it was told; `sightings-listed`, the ids of all sightings of a span of time that our key may see, which with `whole` are
 * everybody's.
 *
 * Three come from another courier: a `record` of an indicator, that one is gone, and that what is said of it cannot be read.
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

/** A message that could not be understood: kept, bounded, with its reason, and skipped. */
export interface Unreadable {
  topic: string;
  reason: string;
  /** The beginning of the message, for the person who looks into it. */
  excerpt: string;
}
