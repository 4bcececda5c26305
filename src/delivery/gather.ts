import { setImmediate as nextTurn } from "node:timers/promises";
import type { Comparison, Deltas, Lack, Step, TargetView } from "../ledger/deltas.ts";

/** A step, and whether the target lacks more than it holds. */
export interface Gathered extends Step {
  more: boolean;
}

/**
 * Draws the next step of a target from the ledger, of at most `limit` items. The ledger goes on changing meanwhile: an
 * indicator that comes up again counts as it was last, and one that has yet to come up again is left to the next step.
 */
export async function gather(deltas: Deltas, view: TargetView, limit: number): Promise<Gathered> {
  const lacks = new Map<number, Lack>();
  const newest = deltas.newest();
  let position = deltas.position(view.name);
  for (;;) {
    const scanned = deltas.scan(view, position);
    position = collect(scanned.comparisons, lacks, limit) ?? position;
    const more = scanned.more || position < scanned.position;
    if (!more || lacks.size >= limit) {
      for (const id of deltas.changedAfter(Math.max(position, newest))) lacks.delete(id);
      return { ...stepOf([...lacks.values()], position), more };
    }
    await nextTurn();
  }
}

/** Takes up comparisons until there are `limit` things to do; returns the revision that it has come to. */
function collect(comparisons: readonly Comparison[], lacks: Map<number, Lack>, limit: number): number | undefined {
  let position: number | undefined;
  for (const { id, revision, lack } of comparisons) {
    if (lacks.size >= limit) break;
    lacks.delete(id);
    if (lack) lacks.set(id, lack);
    position = revision;
  }
  return position;
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
