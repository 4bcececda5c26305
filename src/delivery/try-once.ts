import type { Delta, Refusal } from "../model/delta.ts";
import { within } from "../model/within.ts";
import { NotNow, type Target } from "../targets/target.ts";
import { applyIsolating } from "./isolate.ts";

/**
 * One try, which ends by itself even when the target does not.
 * @param timeout milliseconds
 * @throws NotNow when it takes longer, or is stopped
 */
export function tryOnce(target: Target, delta: Delta, timeout: number, stop: AbortSignal): Promise<readonly Refusal[]> {
  return within(timeout, stop, (signal) => {
    const given = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new NotNow(`no answer within ${timeout / 1000} seconds`));
      if (signal.aborted) giveUp();
      signal.addEventListener("abort", giveUp, { once: true });
    });
    return Promise.race([applyIsolating(target, delta, signal), given]);
  });
}
