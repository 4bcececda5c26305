import { within } from "../model/within.ts";
import { TooSlow } from "../targets/target.ts";

/**
 * One attempt at something that a target does. It ends in time even if the target does not.
 * @param timeout milliseconds
 * @throws TooSlow when it takes longer, or is stopped
 */
export function tryOnce<Result>(
  timeout: number,
  stop: AbortSignal,
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return within(timeout, stop, (signal) => {
    const given = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new TooSlow(`no answer within ${timeout / 1000} seconds`));
      if (signal.aborted) giveUp();
      signal.addEventListener("abort", giveUp, { once: true });
    });
    return Promise.race([action(signal), given]);
  });
}
