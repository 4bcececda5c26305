import { Allowance, type MassLimits } from "../../delivery/mass.ts";
import type { Lack } from "../../ledger/delta/step.ts";
import type { Indicator } from "../../model/indicator.ts";

/** Changes of one kind: how many, and the first of them by name. */
export interface Changes {
  count: number;
  samples: Indicator[];
}

/** An indicator that people would want to hear of, and the lists or protected values that name it. */
export interface Casualty extends Indicator {
  change: "add" | "remove";
  named: string[];
}

/** What one target would get. */
export interface TargetPlan {
  name: string;
  /** It holds nothing of ours yet. */
  isNew: boolean;
  /** How much it holds now. */
  holds: number;
  /** How much stays at another place, which it filled until now. */
  leaves: number;
  add: Changes;
  renew: Changes;
  remove: Changes & { why: Record<string, number> };
  casualties: { count: number; named: Casualty[] };
  /** What its guard would say, one sentence for each kind of change that it would hold. */
  held: string[];
}

const SAMPLES = 10;
const CASUALTIES = 50;

/** Counts what a target lacks, and names those that are on a list. */
export class PlannedChanges {
  readonly #namedBy: (indicator: Indicator) => string[];
  readonly #changes = { add: none(), renew: none(), remove: none() };
  readonly #why: Record<string, number> = {};
  readonly #casualties: Casualty[] = [];
  #hit = 0;

  /** @param namedBy the lists and protected values that concern an indicator */
  constructor(namedBy: (indicator: Indicator) => string[]) {
    this.#namedBy = namedBy;
  }

  take(lack: Lack): void {
    const { type, value, why } = lack.holding;
    const change = "add" in lack ? "add" : "renew" in lack ? "renew" : "remove";
    const changes = this.#changes[change];
    changes.count += 1;
    if (changes.samples.length < SAMPLES) changes.samples.push({ type, value });
    if (why !== null) this.#why[why] = (this.#why[why] ?? 0) + 1;
    if (change === "renew") return;
    const named = this.#namedBy({ type, value });
    if (named.length === 0) return;
    this.#hit += 1;
    if (this.#casualties.length < CASUALTIES) this.#casualties.push({ type, value, change, named });
  }

  summary({ max_removed, max_added, never_empty }: MassLimits, holds: number, clock: () => number) {
    const { add, renew, remove } = this.#changes;
    const held = () => holds;
    // A target that is emptied on request is so past its guard.
    const guarded = remove.count - (this.#why.retired ?? 0);
    const removals = new Allowance(max_removed, clock).pass(guarded, held);
    const additions = max_added && new Allowance(max_added, clock).pass(add.count, held);
    const empties = never_empty && guarded > 1 && holds + add.count <= guarded;
    return {
      add,
      renew,
      remove: { ...remove, why: this.#why },
      casualties: { count: this.#hit, named: this.#casualties },
      held: [
        ...(removals === null ? [] : [`removals: ${removals}`]),
        ...(additions === null ? [] : [`additions: ${additions}`]),
        ...(empties && removals === null ? [`removals: ${guarded} of ${holds} would leave it empty`] : []),
      ],
    };
  }
}

function none(): Changes {
  return { count: 0, samples: [] };
}
