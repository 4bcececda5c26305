import { setImmediate as nextTurn } from "node:timers/promises";
import type { Holdings } from "../ledger/delta/holdings.ts";
import type { TargetView } from "../ledger/delta/step.ts";
import type { Logger } from "../log.ts";
import type { Indicator } from "../model/indicator.ts";
import type { Target } from "../targets/target.ts";

export interface RefillOptions {
  target: Target;
  view: TargetView;
  holdings: Holdings;
  log: Logger;
}

/**
 * Sends a target everything again that was in a container which it lost. Without this, a file that somebody deleted would start again
 * with the next delta, and lack all the rest.
 */
export class Refill {
  readonly #options: RefillOptions;
  #asked = false;
  /** What the target reported as lost, perhaps for the only time, and what the ledger has not completely noted yet. */
  #bare: readonly string[] | "everything" = [];

  constructor(options: RefillOptions) {
    this.#options = options;
  }

  /** Looks, once after a start, for what was lost while the courier did not run. */
  async first(signal: AbortSignal): Promise<boolean> {
    if (this.#asked) return false;
    const found = await this.needed([], signal);
    this.#asked = true;
    return found;
  }

  /**
   * Looks for what was lost.
   * @param items what is about to be delivered, and already marked as in doubt
   * @returns true if something must be sent again, so that the step has to be drawn anew
   */
  async needed(items: readonly Indicator[], signal: AbortSignal): Promise<boolean> {
    const { target, view, holdings, log } = this.#options;
    const types = items.map(({ type }) => type);
    const bare = (await target.bare?.(types, signal)) ?? [];
    this.#bare = bare === "everything" || this.#bare === "everything" ? "everything" : [...this.#bare, ...bare];
    if (this.#bare.length === 0) return false;
    let missing = 0;
    for (const stretch of holdings.certain(view.name, this.#bare === "everything" ? null : this.#bare)) {
      const found = stretch.lost.length + stretch.doubtful.length;
      if (found > 0) holdings.distrust(view.name, stretch);
      missing += found;
      await nextTurn();
      signal.throwIfAborted();
    }
    this.#bare = [];
    if (missing === 0) return false;
    log.warn("The target has lost some of what it held; it is sent again", { target: view.name, missing });
    return true;
  }
}
