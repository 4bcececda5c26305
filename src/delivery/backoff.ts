/** How long to wait before the next attempt, milliseconds; `longest` is the most that a far side may ask for. */
export const BACKOFF = { first: 500, most: 5 * 60_000, longest: 24 * 3_600_000 };
/** Never sooner than this, however the dice fall. */
const LEAST = 100;

/**
 * Exponential backoff with full jitter, so that many couriers do not come back at the same moment.
 * @param attempts how many attempts have failed so far, at least 1
 * @param asked what the far side asked us to wait, milliseconds; never waited less than that, up to a day
 * @param random a number in [0, 1)
 */
export function backoff(attempts: number, asked: number | undefined, random: number): number {
  const ceiling = Math.min(BACKOFF.most, BACKOFF.first * 2 ** Math.min(attempts - 1, 30));
  return Math.max(LEAST, Math.min(asked ?? 0, BACKOFF.longest), Math.round(random * ceiling));
}
