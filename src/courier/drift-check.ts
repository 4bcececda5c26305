import type { Config } from "../config/schema.ts";
import { Auditor } from "../delivery/auditor.ts";
import type { Drift } from "../delivery/drift.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { NotNow } from "../targets/target.ts";
import { driftsIn } from "./drift-desk.ts";
import { openTarget, viewOf } from "./open-targets.ts";

export interface DriftCheckOptions {
  config: Config;
  ledger: Ledger;
  /** Marks in the ledger what is to be made good; it goes out when the courier runs. */
  repair: boolean;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}

/**
 * Reads one target back while no courier runs; nothing is delivered.
 * @returns `undefined` where it can never be read
 * @throws NotNow when it cannot be read now
 */
export async function checkDrift(name: string, options: DriftCheckOptions): Promise<Drift | undefined> {
  const { config, ledger, repair, signal, clock } = options;
  // What is wanted is not looked at here, and so neither is what protects.
  const protection = () => null;
  const settings = config.targets[name];
  if (settings && ledger.holdings.isElsewhere(viewOf(name, settings, protection))) {
    throw new NotNow("it has another place than when it was last fed: run the courier with that configuration first");
  }
  const { view, target } = await openTarget(name, { config, ledger, clock, protection });
  try {
    const { deltas, holdings } = ledger;
    const exclusively = async (work: () => void) => work();
    const auditor = new Auditor({ view, target, deltas, holdings, clock, exclusively });
    if (!auditor.possible) return undefined;
    const drift = await auditor.audit(repair ? "all" : "nothing", signal);
    driftsIn(ledger).remember(drift);
    return drift;
  } finally {
    await target.close?.();
  }
}
