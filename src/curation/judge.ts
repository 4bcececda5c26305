import { REASONS, type Reason, type Verdict } from "../model/verdict.ts";
import { latestThumb, type Thumbs } from "./thumbs.ts";
import { expiry, type TimesToLive } from "./ttl.ts";

/** One support as a verdict sees it. */
export interface Holder {
  withheld: Reason | null;
  /** The later of attribute timestamp and last_seen, Unix seconds. */
  reference: number;
  /** Sightings of a composite attribute, which count for this support alone. */
  thumbs: Thumbs | undefined;
}

export interface JudgeRules {
  ttl: TimesToLive;
  /** The TTL tables of targets that have their own: time changes what they hold at other moments. */
  targetTtls: readonly TimesToLive[];
}

/** With nothing known of it, an indicator is worth this much. */
export const NEUTRAL_SCORE = 50;

/** What is to be said of an indicator, from those who hold it up and from the sightings of its value. */
export function judge(
  type: string,
  holders: readonly Holder[],
  thumbs: Thumbs,
  rules: JudgeRules,
  now: number,
): Verdict {
  const seconds = Math.floor(now / 1000);
  const holding = holders.filter((holder) => reasonAgainst(holder) === null);
  const seen = holding.map((holder) => Math.max(holder.reference, holder.thumbs?.seen ?? 0));
  const reference = Math.min(seconds, Math.max(thumbs.seen, latest(seen)));
  const against = holding.length === 0 ? foremost(holders) : latestThumb(thumbs);
  const expires = expiry(rules.ttl, type, reference);
  const withheld = against ?? (expires !== null && expires <= seconds ? "expired" : null);
  return {
    withheld,
    reference,
    score: NEUTRAL_SCORE,
    due: against ? null : nextExpiry(type, reference, rules, seconds),
  };
}

/** Without spreading into `Math.max`: a popular value has more supports than a call has room for arguments. */
function latest(times: readonly number[]): number {
  return times.reduce((newest, time) => Math.max(time, newest), 0);
}

function reasonAgainst({ withheld, thumbs }: Holder): Reason | null {
  return withheld ?? (thumbs ? latestThumb(thumbs) : null);
}

const RANK = Object.keys(REASONS);

/** Of several supports that do not hold, the reason of the one that came closest. */
function foremost(holders: readonly Holder[]): Reason {
  let best: Reason = "unsupported";
  for (const holder of holders) {
    const reason = reasonAgainst(holder);
    if (reason && RANK.indexOf(reason) < RANK.indexOf(best)) best = reason;
  }
  return best;
}

function nextExpiry(type: string, reference: number, rules: JudgeRules, seconds: number): number | null {
  const tables = [rules.ttl, ...rules.targetTtls];
  const ahead = tables.map((table) => expiry(table, type, reference)).filter((time) => time !== null && time > seconds);
  return ahead.length === 0 ? null : Math.min(...ahead.map(Number));
}
