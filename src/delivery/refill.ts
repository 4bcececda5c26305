import { setImmediate as nextTurn } from "node:timers/promises";
import type { Step, TargetView } from "../ledger/deltas.ts";
import type { Holdings } from "../ledger/holdings.ts";
import type { Logger } from "../log.ts";
import type { Target } from "../targets/target.ts";
import { itemsOf } from "./isolate.ts";

export interface RefillOptions {
  target: Target;
  view: TargetView;
  holdings: Holdings;
  log: Logger;
}

/**
 * Has a target that lost the place of what it holds get all of it again: a file that somebody deleted would be begun anew with what
 * comes next, and be short of the rest.
 * @returns true when there is something to send again, so that the step is to be drawn anew
 */
export async function refill(options: RefillOptions, step: Step, signal: AbortSignal): Promise<boolean> {
  const { target, view, holdings, log } = options;
  const items = itemsOf(step.delta);
  const bare = items.length === 0 ? undefined : await target.bare?.(items.map(({ type }) => type));
  if (!bare || bare.length === 0) return false;
  // What becomes of these, the step says itself.
  const touched = new Set(step.holdings.map(({ id }) => id));
  const lost: number[] = [];
  for (const stretch of holdings.ofTypes(view.name, bare)) {
    for (const id of stretch) if (!touched.has(id)) lost.push(id);
    await nextTurn();
    signal.throwIfAborted();
  }
  if (lost.length === 0) return false;
  log.warn("The target has lost some of what it held; it is sent again", { target: view.name, missing: lost.length });
  holdings.distrust(view.name, { lost, doubtful: [] });
  return true;
}
