import type { Reason } from "../model/verdict.ts";
import { latestThumb, type Thumbs } from "./thumbs.ts";

/** How many organisations it takes to call something a false positive. */
export interface Quorum {
  orgs: number;
  trusted: number;
}

/** The newest sighting of each type by one organisation, Unix seconds; 0: there is none. */
export interface Voice extends Thumbs {
  organisation: number;
  own: boolean;
  trusted: boolean;
}

/**
 * Rule quorum. The own organisation decides alone; else so many trusted ones, or so many of any kind, must say false positive,
 * each by the newest word of its own. A thumbs-up of the own or a trusted organisation answers what was said before it.
 * Expirations count as under rule `latest`.
 */
export function quorumThumb(voices: readonly Voice[], { orgs, trusted }: Quorum): Reason | null {
  const own = voices.find((voice) => voice.own);
  if (own) return latestThumb(own);
  const answered = newest(voices.filter((voice) => voice.trusted).map(({ seen }) => seen));
  const down = voices.filter(
    ({ seen, falsePositive }) => falsePositive > 0 && falsePositive >= seen && falsePositive >= answered,
  );
  if (down.length >= orgs || down.filter((voice) => voice.trusted).length >= trusted) return "false_positive";
  const expired = newest(voices.map((voice) => voice.expired));
  return latestThumb({ seen: newest(voices.map(({ seen }) => seen)), falsePositive: 0, expired });
}

function newest(times: readonly number[]): number {
  return times.reduce((latest, time) => Math.max(latest, time), 0);
}
