/** All reasons to withhold something. In a summary, a reason outranks those after it. */
export const REASONS = {
  false_positive: "sightings of it say false positive",
  expired_sighting: "sightings of it say expired",
  expired: "its time to live ran out",
  retired: "the target is being emptied",
  type: "the target does not take its type",
  protected: "the target's guard protects it, or what it covers",
  too_wide: "it is a wider network than the target's guard lets out",
  score: "its score is under the minimum",
  warninglist: "a warninglist of role block matches it",
  unpublished: "its event has not been published since the attribute was last changed",
  settling: "it waits for tags that MISP may still send",
  exception: "its comment or a tag marks it as an exception",
  filtered: "no filter rule admits it",
  to_ids: "its IDS flag is off",
  withdrawn: "its event was unpublished",
  event_unknown: "nothing is known of its event yet",
  event_deleted: "its event was deleted",
  deleted: "it was deleted in MISP",
  unsupported: "no attribute holds it up any more",
} as const;

export type Reason = keyof typeof REASONS;

/** True if a sighting of a person decided it. */
export function isThumb(why: string | null): why is "false_positive" | "expired_sighting" {
  return why === "false_positive" || why === "expired_sighting";
}

/** One part of a score: how many points it adds or subtracts, and why. */
export interface ScorePart {
  name: "neutral" | "courier" | "organisation" | "tags" | "sightings" | "warninglists" | "bounds" | "decay";
  points: number;
  reason: string;
}

/** What the ledger says of an indicator. */
export interface Verdict {
  /** `null`: the indicator is active. */
  withheld: Reason | null;
  /** The time its TTL counts from: the latest of attribute timestamp, last_seen and newest positive sighting. */
  reference: number;
  score: number;
  /** What the score consists of; the points add up to it. */
  parts: readonly ScorePart[];
  /** When time alone may change this verdict, or what a target does with it; Unix seconds. */
  due: number | null;
}
