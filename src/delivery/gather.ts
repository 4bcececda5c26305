import { setImmediate as nextTurn } from "node:timers/promises";
import type { Deltas } from "../ledger/delta/deltas.ts";
import type { Aside, Comparison, Keeping, Lack, Step, TargetView } from "../ledger/delta/step.ts";
import { type Indicator, nameOf } from "../model/indicator.ts";

/** A step, and whether the target lacks more than fits into it. */
export interface Gathered extends Step {
  more: boolean;
  /** Parked items that the target no longer wants. */
  needless: readonly Indicator[];
}

/** What a guard decides about the changes of a step. */
export interface Sieve {
  /** The newest revision that it has looked at: the step goes no further. */
  through: number;
  /** Whether the change of an indicator at a revision is kept from the target, and how; `null`: it goes to the target. */
  aside(lack: Lack, revision: number): Keeping | null;
}

/** Changes that a guard keeps aside do not count as items of a step, but so many of them end it as well. */
const MOST_ASIDE = 5_000;

/** What a step is made of, by indicator. */
class Collected {
  readonly lacks = new Map<number, Lack>();
  readonly asides = new Map<number, Aside>();
  readonly settled = new Set<number>();
  readonly needless: Indicator[] = [];
  readonly #limit: number;
  readonly #parked: ReadonlySet<string>;

  constructor(limit: number, parked: readonly Indicator[]) {
    this.#limit = limit;
    this.#parked = new Set(parked.map(nameOf));
  }

  get full(): boolean {
    return this.lacks.size >= this.#limit || this.asides.size + this.settled.size >= MOST_ASIDE + this.#limit;
  }

  take({ id, revision, lack, settled, needless }: Comparison, sieve: Sieve | undefined): void {
    this.lacks.delete(id);
    this.asides.delete(id);
    if (settled) this.settled.add(id);
    if (needless && this.#parked.size > 0 && this.#parked.has(nameOf(needless))) this.needless.push(needless);
    if (!lack) return;
    const keeping = sieve?.aside(lack, revision) ?? null;
    if (keeping === null) this.lacks.set(id, lack);
    else {
      const kind = "add" in lack ? "add" : "remove";
      this.asides.set(id, { id, revision, kind, why: lack.holding.why, ...keeping });
    }
  }

  forget(id: number): void {
    for (const part of [this.lacks, this.asides, this.settled]) part.delete(id);
  }
}

/**
 * Draws the next step of a target from the ledger, with at most `limit` items. The ledger goes on changing meanwhile: an
 * indicator that changed while this was drawn counts as it was last seen here, or is left to the next step.
 * If the target lacks more than `limit`, removals go first.
 * @param parked what the target has refused
 */
export async function gather(
  deltas: Deltas,
  view: TargetView,
  limit: number,
  sieve?: Sieve,
  parked: readonly Indicator[] = [],
): Promise<Gathered> {
  const collected = new Collected(limit, parked);
  const newest = sieve?.through ?? deltas.newest();
  const again = deltas.again(view, limit);
  for (const comparison of again) collected.take({ ...comparison, settled: true }, undefined);
  const { restarts, position: start } = deltas.progress(view.name);
  const ahead = newest - start > limit ? await removals(deltas, view, collected, newest, sieve) : start;
  let position = start;
  for (;;) {
    const scanned = deltas.scan(view, position, sieve?.through);
    position = collect(scanned.comparisons, collected, sieve) ?? position;
    const more = scanned.more || position < scanned.position;
    if (!more || collected.full) {
      for (const id of deltas.changedAfter(Math.max(position, newest))) collected.forget(id);
      const reached = { position, ahead: Math.max(position, ahead) };
      const { needless } = collected;
      return { ...stepOf(collected), ...reached, restarts, more: more || again.length === limit, needless };
    }
    await nextTurn();
  }
}

/**
 * Collects removals among all that has changed, ahead of the target's position. They are compared again when the position comes to
 * them, and then nothing is lacking any more.
 * @returns the revision up to which removals were collected
 */
async function removals(
  deltas: Deltas,
  view: TargetView,
  collected: Collected,
  through: number,
  sieve: Sieve | undefined,
): Promise<number> {
  let { ahead } = deltas.progress(view.name);
  while (ahead < through && !collected.full) {
    const scanned = deltas.removals(view, ahead, through);
    ahead = collect(scanned.comparisons, collected, sieve) ?? ahead;
    if (!collected.full) ahead = scanned.position;
    if (ahead < through) await nextTurn();
  }
  return ahead;
}

/** Collects comparisons until the step is full; returns the revision of the last one. */
function collect(
  comparisons: readonly Comparison[],
  collected: Collected,
  sieve: Sieve | undefined,
): number | undefined {
  let position: number | undefined;
  for (const comparison of comparisons) {
    if (collected.full) break;
    collected.take(comparison, sieve);
    position = comparison.revision;
  }
  return position;
}

function stepOf({ lacks, asides, settled }: Collected): Pick<Step, "delta" | "holdings" | "asides" | "settled"> {
  const all = [...lacks.values()];
  return {
    delta: {
      add: all.flatMap((lack) => ("add" in lack ? lack.add : [])),
      renew: all.flatMap((lack) => ("renew" in lack ? lack.renew : [])),
      remove: all.flatMap((lack) => ("remove" in lack ? lack.remove : [])),
    },
    holdings: all.map(({ holding }) => holding),
    asides: [...asides.values()],
    settled: [...settled],
  };
}
