import { LONGEST_TIMER } from "./longest-timer.ts";

/**
 * Does some work with a signal that is aborted after so many milliseconds, or when `stop` is; once the work is done, nothing of it is
 * left. Unlike a signal of `AbortSignal.any`: where one of its sources lives on and the other is a timeout, it is never let go of.
 */
export async function within<Result>(
  milliseconds: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const end = () => limit.abort(stop.reason);
  if (stop.aborted) end();
  else stop.addEventListener("abort", end, { once: true });
  const timer = setTimeout(() => limit.abort(), Math.min(milliseconds, LONGEST_TIMER));
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", end);
  }
}
