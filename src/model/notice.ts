import type { Attribute, EventFacts, Organisation, Sighting } from "./misp.ts";

/**
 * What MISP told us, in one shape whether it came over ZeroMQ or REST.
 *
 * `how` says what an attribute notice may override: an `add` never wins over what is already known of the same
 * second, an `edit` does, and an `answer` (REST) does when it was asked for after that was heard.
 */
export type Notice =
  | { kind: "attribute"; attribute: Attribute; event: EventFacts | undefined; how: "add" | "edit" | "answer" }
  | { kind: "attribute-erased"; id: number; uuid: string }
  | { kind: "event"; event: EventFacts; confirmed: boolean }
  | { kind: "event-deleted"; id: number; uuid: string }
  | { kind: "publication"; event: EventFacts }
  | { kind: "tag"; on: "event" | "attribute"; id: number; eventId: number; name: string; attached: boolean }
  | { kind: "sighting"; sighting: Sighting }
  | { kind: "sighting-deleted"; id: number; uuid: string }
  | { kind: "organisation"; organisation: Organisation }
  | { kind: "warninglist"; id: number; enabled: boolean }
  | { kind: "alive"; uptime: number };

/** A message that could not be understood: kept, bounded, with its reason, and skipped. */
export interface Unreadable {
  topic: string;
  reason: string;
  /** The beginning of the message, for the person who looks into it. */
  excerpt: string;
}
