import { type Indicator, isComposite } from "../model/indicator.ts";
import type { Reason } from "../model/verdict.ts";
import type { Filter } from "./filter.ts";
import type { Protection } from "./protection/protection.ts";
import { pictureOf, type Support } from "./qualify.ts";
import { expiry, type TimesToLive } from "./ttl.ts";

/** What one target wants of what the ledger holds. */
export interface TargetRules {
  /** It is to hold nothing any more. */
  retired: boolean;
  types: ReadonlySet<string> | null;
  /** Takes composite types as such, too. */
  composites: boolean;
  /** `null`: the target has no filter of its own, and the supports need not be looked at. */
  filter: Filter | null;
  ttl: TimesToLive;
  minScore: number;
  /** What its guard never lets out. */
  protection: Protection;
}

/** An indicator as the ledger knows it. */
export interface Known extends Indicator {
  withheld: Reason | null;
  reference: number;
  score: number;
}

/** A support that qualifies, with the time that its indicator's TTL may count from; thumbs-up count, too. */
export interface QualifyingSupport extends Support {
  reference: number;
}

/** Until when a target is to hold an indicator (Unix seconds, `null`: for ever), or the reason why it is not to. */
export type Wish = { expires: number | null } | { withheld: Reason };

/**
 * What a target is to hold of one indicator. That its TTL ran out is the target's own affair: with a longer one of its own
 * it keeps what others let go. `supports` is only called for a target with a filter.
 */
export function wanted(
  known: Known,
  supports: () => readonly QualifyingSupport[],
  rules: TargetRules,
  now: number,
): Wish {
  if (rules.retired) return { withheld: "retired" };
  if (isComposite(known.type) && !rules.composites) return { withheld: "type" };
  if (rules.types && !rules.types.has(known.type)) return { withheld: "type" };
  if (known.withheld !== null && known.withheld !== "expired") return { withheld: known.withheld };
  if (known.score < rules.minScore) return { withheld: "score" };
  const kept = rules.protection(known);
  if (kept) return { withheld: kept.withheld };
  const reference = rules.filter ? filteredReference(known, supports(), rules.filter) : known.reference;
  if (reference === null) return { withheld: "filtered" };
  const expires = expiry(rules.ttl, known.type, reference);
  return expires !== null && expires * 1000 <= now ? { withheld: "expired" } : { expires };
}

/** The latest time among the supports that the filter passes. */
function filteredReference(known: Known, supports: readonly QualifyingSupport[], filter: Filter): number | null {
  const passed = supports.filter((support) => sees(filter, support, known.type));
  if (passed.length === 0) return null;
  const own = passed.reduce((latest, { reference }) => Math.max(latest, reference), 0);
  return Math.min(own, known.reference);
}

/** Whether a target with this filter of its own, or with none, is to know of a support of an indicator of that type. */
export function sees(filter: Filter | null, support: Support, indicatorType: string): boolean {
  return filter === null || filter(pictureOf(support, indicatorType));
}
