import { setImmediate as nextTurn } from "node:timers/promises";
import type { Deltas, Lack, Step, TargetView } from "../ledger/deltas.ts";

/** A step, and whether the target lacks more than it holds. */
export interface Gathered extends Step {
  more: boolean;
}

/**
 * Draws the next step of a target from the ledger, of about `limit` items. The ledger goes on changing meanwhile: an indicator
 * that comes up again counts as it was last.
 */
export async function gather(deltas: Deltas, view: TargetView, limit: number): Promise<Gathered> {
  const lacks = new Map<number, Lack>();
  let position = deltas.position(view.name);
  for (;;) {
    const scanned = deltas.scan(view, position);
    for (const { id, lack } of scanned.comparisons) {
      lacks.delete(id);
      if (lack) lacks.set(id, lack);
    }
    position = scanned.position;
    if (!scanned.more || lacks.size >= limit) return { ...stepOf([...lacks.values()], position), more: scanned.more };
    await nextTurn();
  }
}

function stepOf(lacks: readonly Lack[], position: number): Step {
  return {
    delta: {
      add: lacks.flatMap((lack) => ("add" in lack ? lack.add : [])),
      renew: lacks.flatMap((lack) => ("renew" in lack ? lack.renew : [])),
      remove: lacks.flatMap((lack) => ("remove" in lack ? lack.remove : [])),
    },
    holdings: lacks.map(({ holding }) => holding),
    position,
  };
}
