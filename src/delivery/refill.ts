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
 */
export class Refill {
  readonly #options: RefillOptions;
  #asked = false;

  constructor(options: RefillOptions) {
    this.#options = options;
  }

  /**
   * Looks for what was lost, at the start and when there is something to deliver.
   * @returns true when there is something to send again, so that the step is to be drawn anew
   */
  async needed(step: Step, signal: AbortSignal): Promise<boolean> {
    const { target, view, holdings, log } = this.#options;
    const items = itemsOf(step.delta);
    if (this.#asked && items.length === 0) return false;
    const bare = await target.bare?.(items.map(({ type }) => type));
    const lost = bare && bare.length > 0 ? await this.#lost(bare, step, signal) : [];
    this.#asked = true;
    if (lost.length === 0) return false;
    log.warn("The target has lost some of what it held; it is sent again", { target: view.name, missing: lost.length });
    holdings.distrust(view.name, { lost, doubtful: [] });
    return true;
  }

  async #lost(bare: readonly string[] | "everything", step: Step, signal: AbortSignal): Promise<number[]> {
    const { view, holdings } = this.#options;
    // What becomes of these, the step says itself.
    const touched = new Set(step.holdings.map(({ id }) => id));
    const lost: number[] = [];
    for (const stretch of holdings.certain(view.name, bare === "everything" ? null : bare)) {
      for (const id of stretch) if (!touched.has(id)) lost.push(id);
      await nextTurn();
      signal.throwIfAborted();
    }
    return lost;
  }
}
