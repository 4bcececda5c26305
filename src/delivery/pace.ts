import { setTimeout as pause } from "node:timers/promises";

/** The longest rest that a target gets for having worked, milliseconds. */
const LONGEST = 2_000;

/** How many items one step has at the most: no more than a second's worth, so that what is urgent waits no longer. */
export function mostAtOnce(batch: number, rate: number | undefined): number {
  return rate === undefined ? batch : Math.max(1, Math.min(batch, Math.floor(rate)));
}

/**
 * How long a target rests after a step, milliseconds: as long as it worked, since one that is rewritten as a whole must not
 * be rewritten all the time while much changes, and as long as its rate asks for.
 * @param worked milliseconds
 * @param items how many the step had
 * @param rate items in a second
 */
export function restAfter(worked: number, items: number, rate: number | undefined): number {
  // A clock that was set back meanwhile tells less than nothing.
  const took = Math.max(0, worked);
  const forWork = Math.min(took, LONGEST);
  return rate === undefined ? forWork : Math.max(forWork, (items * 1000) / rate - took);
}

/** Lets milliseconds pass; ends early when the signal is aborted. */
export async function resting(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
