import type { Delta, Entry, Refusal } from "../model/delta.ts";
import { type Indicator, nameOf } from "../model/indicator.ts";
import { Refused, type Target } from "../targets/target.ts";

/** Applies a delta. If it is refused as a whole, it is halved until the items at fault are alone. */
export async function applyIsolating(target: Target, delta: Delta, signal: AbortSignal): Promise<readonly Refusal[]> {
  try {
    return await target.apply(delta, signal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const halves = halve(delta);
    if (halves.length === 1) return itemsOf(delta).map(({ type, value }) => ({ type, value, reason: error.message }));
    const refusals: Refusal[] = [];
    for (const half of halves) refusals.push(...(await applyIsolating(target, half, signal)));
    return refusals;
  }
}

export function itemsOf({ add, renew, remove }: Delta): Indicator[] {
  return [...remove, ...renew, ...add];
}

export function sizeOf({ add, renew, remove }: Delta): number {
  return add.length + renew.length + remove.length;
}

/** What is left of a delta when the target has refused some of it. */
export function without({ add, renew, remove }: Delta, refusals: readonly Refusal[]): Delta {
  const refused = new Set(refusals.map(nameOf));
  const isTaken = (item: Indicator) => !refused.has(nameOf(item));
  return { add: add.filter(isTaken), renew: renew.filter(isTaken), remove: remove.filter(isTaken) };
}

/** Two deltas that together are this one; a delta of one item stays as it is. */
function halve(delta: Delta): Delta[] {
  const size = sizeOf(delta);
  if (size <= 1) return [delta];
  const items = [
    ...delta.remove.map((item) => ({ remove: [item] })),
    ...delta.renew.map((item) => ({ renew: [item] })),
    ...delta.add.map((item) => ({ add: [item] })),
  ];
  const middle = Math.ceil(size / 2);
  return [collect(items.slice(0, middle)), collect(items.slice(middle))];
}

type Item = { add?: Entry[]; renew?: Entry[]; remove?: Indicator[] };

function collect(items: readonly Item[]): Delta {
  return {
    add: items.flatMap(({ add }) => add ?? []),
    renew: items.flatMap(({ renew }) => renew ?? []),
    remove: items.flatMap(({ remove }) => remove ?? []),
  };
}
