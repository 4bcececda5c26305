import type { Indicator } from "./indicator.ts";

/** One attribute that supports an indicator, for targets that show where it comes from. */
export interface Origin {
  attributeUuid: string;
  category: string;
  comment: string;
  firstSeen: number | null;
  lastSeen: number | null;
  timestamp: number;
  eventId: number;
  eventUuid: string;
  eventInfo: string;
  eventDate: string;
  organisation: string;
  /** Of the creator; empty if MISP did not name it. */
  organisationUuid: string;
  /** Who may see it, in MISP's numbers: the most restrictive of the attribute's own, its object's and its event's. */
  distribution: number;
  /** Event tags and attribute tags together, each once. */
  tags: readonly string[];
}

/** Sorts origins for targets that show only the first few of them. */
export function newestFirst(one: Origin, other: Origin): number {
  if (one.timestamp !== other.timestamp) return other.timestamp - one.timestamp;
  return one.attributeUuid < other.attributeUuid ? -1 : 1;
}

/** An indicator as a target is to hold it. */
export interface Entry extends Indicator {
  score: number;
  /** Unix seconds; `null`: it never runs out. */
  expires: number | null;
  /** The time that its TTL counts from, Unix seconds. */
  reference: number;
  origins: readonly Origin[];
}

/** What one target lacks. An indicator occurs in at most one of the three lists. */
export interface Delta {
  add: readonly Entry[];
  /** Held already, but with another expiry or context. */
  renew: readonly Entry[];
  remove: readonly Indicator[];
}

/** One item that the target will never take, and why. */
export interface Refusal extends Indicator {
  reason: string;
}
