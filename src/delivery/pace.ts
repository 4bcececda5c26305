import { setTimeout as pause } from "node:timers/promises";

/** The longest rest after a step for the time that it took, milliseconds. */
const LONGEST = 2_000;

/** Most items in one step: at a limited rate, what fits into a second, so that urgent changes wait no longer than that. */
export function mostAtOnce(batch: number, rate: number | undefined): number {
  return rate === undefined ? batch : Math.max(1, Math.min(batch, Math.floor(rate)));
}

/**
 * How long a target rests after a step, milliseconds: as long as the step took, so that a file that is rewritten as a whole is not
 * being rewritten all the time, and at least as long as its rate demands.
 * @param worked milliseconds
 * @param items how many the step had
 * @param rate items in a second
 */
export function restAfter(worked: number, items: number, rate: number | undefined): number {
  // Negative if the clock was set back meanwhile.
  const took = Math.max(0, worked);
  const forWork = Math.min(took, LONGEST);
  return rate === undefined ? forWork : Math.max(forWork, (items * 1000) / rate - took);
}

/** Lets milliseconds pass; ends early when the signal is aborted. */
export async function resting(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
