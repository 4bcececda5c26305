/** One MISP attribute, as the feed or REST described it. Times are Unix seconds; ids are MISP's local numbers. */
export interface Attribute {
  id: number;
  uuid: string;
  eventId: number;
  type: string;
  /** As MISP shows it, with the halves of a composite type joined by `|`. */
  value: string;
  category: string;
  toIds: boolean;
  deleted: boolean;
  comment: string;
  timestamp: number;
  firstSeen: number | null;
  lastSeen: number | null;
  /** MISP's numbers: 0 own organisation … 3 all, 4 sharing group, 5 as the event. */
  distribution: number;
  /** Names of the attribute's own tags; `undefined` if the message does not say. */
  tags: readonly string[] | undefined;
}

/** An organisation as events and sightings name it; some messages of MISP leave out the UUID or the name. */
export interface Organisation {
  id: number;
  uuid: string | null;
  name: string | null;
}

/** The facts of an event, without its attributes. `undefined`: the message does not say. */
export interface EventFacts {
  id: number;
  uuid: string;
  info: string;
  /** The event's own date, `YYYY-MM-DD`. */
  date: string;
  distribution: number;
  threatLevel: number;
  creator: Organisation;
  timestamp: number | undefined;
  publishTimestamp: number | undefined;
  /** MISP's flag as the message has it; it is reliable only in REST's answer to a question of ours. */
  published: boolean;
  tags: readonly string[] | undefined;
}

/** MISP's numbers for the types of sightings. */
export const SightingType = { seen: 0, falsePositive: 1, expired: 2 } as const;
export type SightingType = (typeof SightingType)[keyof typeof SightingType];

/** One sighting, with as much of its attribute as the message carried. */
export interface Sighting {
  id: number;
  uuid: string;
  attributeId: number;
  eventId: number;
  type: SightingType;
  /** When it was seen according to its writer, Unix seconds. */
  date: number;
  organisationId: number;
  source: string;
  /** The attribute's type and value, where the message carries them. */
  about: { type: string; value: string } | undefined;
}

/** A span of time (Unix seconds) for which MISP is asked for sightings; `whole`: our key sees everybody's. */
export interface SightingSpan {
  from: number;
  to: number;
  whole: boolean;
}

/** A sighting that is known: its number, the number of its attribute, and the UUID of its event. */
export interface KnownSighting {
  id: number;
  attribute: number;
  event: string;
}
