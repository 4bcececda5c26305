/** One MISP attribute as the wire told it. Times are Unix seconds; ids are MISP's local numbers. */
export interface Attribute {
  id: number;
  uuid: string;
  eventId: number;
  type: string;
  /** As MISP shows it; the halves of a composite type are joined by `|`. */
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
  /** Names of the attribute's own tags; `undefined` when the message does not tell. */
  tags: readonly string[] | undefined;
}

/** An organisation as events and sightings name it; MISP leaves out what it has no room for. */
export interface Organisation {
  id: number;
  uuid: string | null;
  name: string | null;
}

/** The facts of an event, without its attributes. `undefined` means that the message did not tell. */
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
  /** MISP's flag as the message had it; only REST's answer to a question of ours may be believed. */
  published: boolean;
  tags: readonly string[] | undefined;
}

/** MISP's numbers for what a sighting says: seen, false positive, expired. */
export const SightingType = { seen: 0, falsePositive: 1, expired: 2 } as const;
export type SightingType = (typeof SightingType)[keyof typeof SightingType];

/** One sighting, with as much of its attribute as the message carried. */
export interface Sighting {
  id: number;
  uuid: string;
  attributeId: number;
  eventId: number;
  type: SightingType;
  /** When it was seen, Unix seconds, as its writer claims. */
  date: number;
  organisationId: number;
  source: string;
  /** The attribute's type and value, where the message carries them. */
  about: { type: string; value: string } | undefined;
}

/** A span of time, Unix seconds, of which MISP is asked for the sightings; `whole`: it shows our key everybody's. */
export interface SightingSpan {
  from: number;
  to: number;
  whole: boolean;
}

/** A sighting by its number, that of its attribute, and the UUID of the event that it is in. */
export interface KnownSighting {
  id: number;
  attribute: number;
  event: string;
}
