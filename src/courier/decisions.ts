import type { Journal } from "../delivery/journal.ts";
import type { Holds } from "../ledger/holds.ts";

/** What a person may decide about changes that did not reach a target; the argument of each is a target, or empty for all. */
export const DECISIONS = ["held-release", "held-discard", "parked-retry", "parked-drop"] as const;
export type Decision = (typeof DECISIONS)[number];

export interface Desk {
  holds: Holds;
  journal: Journal;
  /** Milliseconds. */
  clock: () => number;
}

/** Does what was decided, on a running courier's ledger or on a stopped one's; returns how many changes it concerned. */
export async function decide(decision: Decision, target: string, { holds, journal, clock }: Desk): Promise<number> {
  const only = target === "" ? undefined : target;
  if (decision === "held-release") return holds.release(only, clock());
  if (decision === "held-discard") return holds.discard(only, clock());
  let decided = 0;
  for (const [name, entry] of Object.entries(journal.targets)) {
    if (only !== undefined && name !== only) continue;
    decided += entry.parked.length;
    // What is refused once more is parked once more.
    if (decision === "parked-retry") holds.compareAgain(name, entry.parked);
    entry.parked = [];
  }
  if (decided > 0) await journal.save();
  return decided;
}
