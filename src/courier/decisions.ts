import { existsSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import type { Dispatcher } from "../delivery/dispatcher.ts";
import { type Journal, MOST_PARKED } from "../delivery/journal.ts";
import type { Holds } from "../ledger/delta/holds.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import type { Logger } from "../log.ts";

/** What a person may decide about changes that did not reach a target; the argument of each is a target, or empty for all. */
export type Decision = "held-release" | "held-discard" | "discarded-release" | "parked-retry" | "parked-drop";

export interface Desk {
  holds: Holds;
  journal: Journal;
  /** Milliseconds. */
  clock: () => number;
}

/** Whether a decision may name a target. What waits for one that is configured no longer is listed, too, and wants a decision. */
export function mayDecideOn(target: string, { targets }: Pick<Config, "targets">, ledgerFile: string): boolean {
  if (Object.hasOwn(targets, target)) return true;
  if (!existsSync(ledgerFile)) return false;
  using ledger = new LedgerReport(ledgerFile);
  return ledger.position(target) !== undefined;
}

/** Does what was decided, on a running courier's ledger or on a stopped one's; returns how many changes it concerned. */
export async function decide(decision: Decision, target: string, { holds, journal, clock }: Desk): Promise<number> {
  const only = target === "" ? undefined : target;
  if (decision === "held-release") return holds.release(only, clock());
  if (decision === "held-discard") return holds.discard(only, clock());
  if (decision === "discarded-release") return holds.release(only, clock(), "discarded");
  const entries = Object.entries(journal.targets).filter(([name]) => only === undefined || name === only);
  let decided = 0;
  for (const [name, entry] of entries) {
    decided += entry.parked.length;
    if (decision === "parked-retry") {
      // What is refused once more is parked once more.
      holds.compareAgain(name, entry.parked);
      if (entry.parked.length >= MOST_PARKED) holds.compareRefused(name);
      entry.nextAttempt = null;
    }
    entry.parked = [];
  }
  if (entries.length > 0) await journal.save();
  return decided;
}

/** Does what commands ask of the running courier, one entry for each decision. A target that is to be tried again is not waited for. */
export function decisionDesk(
  desk: Desk,
  log: Logger,
  dispatcher: Pick<Dispatcher, "wake" | "retry">,
): Record<Decision, (target: string) => void> {
  const deciding = (decision: Decision) => (target: string) =>
    void decide(decision, target, desk)
      .then((changes) => log.info("A person has decided", { decision, target: target || "all", changes }))
      .catch((error) => log.error("What a person decided cannot be done", { decision, error }))
      .finally(() => (decision === "parked-retry" ? dispatcher.retry(target || undefined) : dispatcher.wake()));
  return {
    "held-release": deciding("held-release"),
    "held-discard": deciding("held-discard"),
    "discarded-release": deciding("discarded-release"),
    "parked-retry": deciding("parked-retry"),
    "parked-drop": deciding("parked-drop"),
  };
}
