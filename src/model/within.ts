import { LONGEST_TIMER } from "./longest-timer.ts";

/**
 * Does some work with a signal that is aborted after so many milliseconds, or when `stop` is. Once the work is done, timer and
 * listener are gone. A signal of `AbortSignal.any` would leak here: with a source that lives on and a timeout it is never collected.
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
