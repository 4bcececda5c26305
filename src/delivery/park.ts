import type { Step } from "../ledger/deltas.ts";
import type { Refusal } from "../model/delta.ts";
import { type Indicator, keyOf } from "../model/indicator.ts";
import type { Journal, Parked } from "./journal.ts";

/**
 * What was taken is no longer parked, and what was refused is.
 * @param at milliseconds
 */
export function park(journal: Journal, target: string, step: Step, refusals: readonly Refusal[], at: number): void {
  const entry = journal.entry(target);
  if (entry.parked.length > 0) {
    const tried = new Set(step.holdings.map(keyOf));
    entry.parked = entry.parked.filter((item) => !tried.has(keyOf(item)));
  }
  if (refusals.length === 0) return;
  const operation = operations(step.delta);
  journal.park(
    target,
    refusals.map((refusal) => ({
      type: refusal.type,
      value: refusal.value,
      reason: refusal.reason,
      at,
      operation: operation(refusal),
    })),
  );
}

/** What the target does not want any more need not be sent again. */
export function unpark(journal: Journal, target: string, needless: readonly Indicator[]): void {
  const entry = journal.entry(target);
  const keys = new Set(needless.map(keyOf));
  entry.parked = entry.parked.filter((item) => !keys.has(keyOf(item)));
}

function operations({ renew, remove }: Step["delta"]): (indicator: Indicator) => Parked["operation"] {
  const has = (items: readonly Indicator[], { type, value }: Indicator) =>
    items.some((item) => item.type === type && item.value === value);
  return (indicator) => (has(remove, indicator) ? "remove" : has(renew, indicator) ? "renew" : "add");
}
