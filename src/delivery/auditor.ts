import type { Deltas } from "../ledger/delta/deltas.ts";
import type { Holdings } from "../ledger/delta/holdings.ts";
import type { Step, TargetView } from "../ledger/delta/step.ts";
import type { Target } from "../targets/target.ts";
import { type Drift, Reading } from "./drift.ts";

export interface AuditorOptions {
  view: TargetView;
  target: Target;
  deltas: Deltas;
  holdings: Holdings;
  /** Milliseconds. */
  clock: () => number;
  /** Runs something while no step of the target is under way. */
  exclusively: (work: () => void) => Promise<void>;
}

/**
 * What an audit corrects. `lost`: what the target lost or shows differently is sent again. `all`: what should not be there is removed
 * as well; only a person may ask for that, since a file or a set does not tell who put something there.
 */
export type Repair = "nothing" | "lost" | "all";

/** Reads a target back and compares it with what the ledger believes it to hold. */
export class Auditor {
  readonly name: string;
  readonly #options: AuditorOptions;
  /** What deliveries have touched since an audit began; `undefined` if none is under way. */
  #touched: Set<number> | undefined;

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.name = options.view.name;
  }

  /** False where the target cannot be read. */
  get possible(): boolean {
    return this.#options.target.list !== undefined;
  }

  /** A step was delivered. */
  delivered({ holdings }: Step): void {
    for (const { id } of holdings) this.#touched?.add(id);
  }

  /**
   * A loss at the target says nothing about the indicators: they are only sent again. What others put there is left alone.
   * @throws NotNow when the target cannot be read to its end
   */
  async audit(repair: Repair, signal: AbortSignal): Promise<Drift> {
    const { view, target, deltas, holdings, clock, exclusively } = this.#options;
    const touched = new Set<number>();
    this.#touched = touched;
    try {
      const reading = new Reading(holdings, view, deltas.progress(view.name).position, target.alias?.bind(target));
      await reading.read(target.list?.(signal) ?? nothing(), signal);
      let drift: Drift | undefined;
      const conclude = () => {
        if (signal.aborted) return;
        const { drift: found, ids } = reading.result(clock(), touched);
        drift = found;
        const doubtful = repair === "all" ? [...ids.stale, ...ids.extra] : ids.stale;
        const differences = { lost: ids.missing, doubtful };
        if (repair !== "nothing" && ids.missing.length + doubtful.length > 0) holdings.distrust(view.name, differences);
      };
      await unlessAborted(exclusively(conclude), signal);
      if (!drift) throw new Error("the audit was not finished");
      return drift;
    } finally {
      this.#touched = undefined;
    }
  }
}

async function* nothing() {}

/** Rejects as soon as the signal is aborted: whoever stops does not wait for a lane that is at work. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: over.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
