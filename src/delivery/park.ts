import type { Step } from "../ledger/delta/step.ts";
import type { Refusal } from "../model/delta.ts";
import { type Indicator, nameOf } from "../model/indicator.ts";
import type { Journal, Parked } from "./journal.ts";

/**
 * Parks what was refused, and forgets parked items that were accepted now.
 * @param at milliseconds
 * @returns what was not parked before, or for another reason
 */
export function park(
  journal: Journal,
  target: string,
  step: Step,
  refusals: readonly Refusal[],
  at: number,
): readonly Parked[] {
  const entry = journal.entry(target);
  const former = new Map(entry.parked.map((item) => [nameOf(item), item]));
  if (entry.parked.length > 0) {
    const tried = new Set(step.holdings.map(nameOf));
    entry.parked = entry.parked.filter((item) => !tried.has(nameOf(item)));
  }
  if (refusals.length === 0) return [];
  const operation = operations(step.delta);
  const parked = refusals.map((refusal) => ({
    type: refusal.type,
    value: refusal.value,
    reason: refusal.reason,
    at,
    operation: operation(refusal),
  }));
  journal.park(target, parked);
  return parked.filter((item) => {
    const before = former.get(nameOf(item));
    return before?.reason !== item.reason || before.operation !== item.operation;
  });
}

/** Forgets parked items that the target no longer wants. */
export function unpark(journal: Journal, target: string, needless: readonly Indicator[]): void {
  const entry = journal.entry(target);
  const keys = new Set(needless.map(nameOf));
  entry.parked = entry.parked.filter((item) => !keys.has(nameOf(item)));
}

function operations({ renew, remove }: Step["delta"]): (indicator: Indicator) => Parked["operation"] {
  const [removed, renewed] = [remove, renew].map((items: readonly Indicator[]) => new Set(items.map(nameOf)));
  return (indicator) =>
    removed?.has(nameOf(indicator)) ? "remove" : renewed?.has(nameOf(indicator)) ? "renew" : "add";
}
