import { setImmediate as nextTurn } from "node:timers/promises";
import type { Deltas } from "../ledger/delta/deltas.ts";
import { type Comparison, IN_DOUBT, type Keeping, type Lack, type TargetView } from "../ledger/delta/step.ts";
import type { Logger } from "../log.ts";
import type { Indicator } from "../model/indicator.ts";
import { isThumb, type Reason } from "../model/verdict.ts";
import type { Sieve } from "./gather.ts";
import { Allowance, type MassLimits } from "./mass.ts";

export interface GuardOptions {
  view: TargetView;
  limits: MassLimits;
  deltas: Deltas;
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
}

/** Reasons that only MISP can give, attribute by attribute. Any other may come from a changed rule or list, and so for many at once. */
const SAID: ReadonlySet<Reason> = new Set(["to_ids", "deleted", "event_deleted", "unsupported"]);

/** The review that is under way: removals that it may bring wait for its end, so that they are decided on together. */
type Reviewed = ReturnType<Deltas["reviewing"]>;

type Kind = "add" | "remove" | "thumb";

/** What the guard found out about the changes in a range of revisions. */
interface Range {
  from: number;
  through: number;
  /** The review that was under way. */
  reviewing: Reviewed;
  /** The kinds that are held, each with the reason. */
  held: ReadonlyMap<Kind, string>;
}

interface Tally {
  count: number;
  /** How many of them cannot come from a change of rules. */
  said: number;
  /** The numbers of those that are named. */
  ids: number[];
  samples: Indicator[];
}

/** How many are named in the log. */
const SAMPLES = 5;

/**
 * Keeps mass changes from one target. Before a step is drawn it looks at everything that has changed since it last looked. What the
 * target would lose by that passes together or is held together, and so does what it would gain.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #allowances: Record<Kind, Allowance | null>;
  #ranges: Range[] = [];
  #restarts = -1;
  #surveyed = 0;
  /** The review that is under way, or whose removals were not decided on yet; `undefined` before the first look. */
  #waiting: Reviewed | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
    const { limits, clock } = options;
    this.#allowances = {
      add: limits.max_added && new Allowance(limits.max_added, clock),
      remove: new Allowance(limits.max_removed, clock),
      thumb: new Allowance(limits.max_removed, clock),
    };
  }

  /** Looks at what has changed. The cost is that of the changes, whatever the size of the ledger. */
  async look(): Promise<Sieve> {
    const { deltas, view } = this.#options;
    const { position, restarts } = deltas.progress(view.name);
    if (restarts !== this.#restarts) this.#startOver(restarts);
    this.#resume();
    this.#ranges = this.#ranges.filter(({ through }) => through > position);
    const through = deltas.newest();
    const from = Math.max(position, this.#surveyed);
    if (through > from) this.#ranges.push(await this.#survey(from, through));
    this.#surveyed = Math.max(through, from);
    return { through: this.#surveyed, aside: (lack, revision) => this.#aside(lack, revision) };
  }

  /** Once a review has ended, decides on all that it would take off, together; returns true when that may now go. */
  settle(): boolean {
    const { deltas, view, log, clock } = this.#options;
    if (!this.#waiting || deltas.reviewing() || deltas.lag(view.name) > 0) return false;
    this.#waiting = null;
    const target = deltas.idOf(view.name);
    const count = deltas.holds.waiting(target);
    if (count === 0) return false;
    const against = this.#against("remove", count, 0);
    if (against === null) deltas.holds.passWaiting(target);
    else {
      deltas.holds.holdWaiting(target, against, clock());
      const samples = deltas.holds.list().find((hold) => hold.target === view.name)?.samples ?? [];
      log.error(HELD, {
        target: view.name,
        kind: "remove",
        count,
        reason: against,
        samples: samples.slice(0, SAMPLES),
      });
    }
    return against === null;
  }

  #startOver(restarts: number): void {
    this.#restarts = restarts;
    this.#ranges = [];
    this.#surveyed = 0;
  }

  async #survey(from: number, through: number): Promise<Range> {
    const { deltas, view, limits } = this.#options;
    const goesOn = deltas.reviewing();
    // The last slice of a review ends it, and belongs to it.
    const reviewing = goesOn === "ledger" ? goesOn : (this.#waiting ?? goesOn);
    this.#waiting = reviewing;
    const tallies: Record<Kind, Tally> = { add: tally(), remove: tally(), thumb: tally() };
    const whole = limits.max_added !== null || limits.never_empty;
    for (let position = from; ; ) {
      const scanned = whole ? deltas.scan(view, position, through) : deltas.scanHeld(view, position, through);
      for (const comparison of scanned.comparisons) count(comparison, reviewing, tallies);
      position = scanned.position;
      if (!scanned.more) break;
      await nextTurn();
    }
    return { from, through, reviewing, held: this.#judge(tallies) };
  }

  /** Continues with what an earlier run has left undecided. */
  #resume(): void {
    const { deltas, view } = this.#options;
    if (this.#waiting === undefined) this.#waiting = deltas.holds.waiting(deltas.idOf(view.name)) > 0 ? "ledger" : null;
  }

  #judge(tallies: Record<Kind, Tally>): Map<Kind, string> {
    const { deltas, view, log, clock } = this.#options;
    const held = new Map<Kind, string>();
    for (const kind of ["thumb", "remove", "add"] as const) {
      const { count, samples } = tallies[kind];
      const reason =
        count === 0 || this.#isSingle(kind, tallies[kind]) ? null : this.#against(kind, count, tallies.add.count);
      if (reason === null) continue;
      held.set(kind, reason);
      const as = kind === "add" ? "add" : "remove";
      if (!deltas.holds.begin(deltas.idOf(view.name), as, reason, clock())) continue;
      log.error(HELD, { target: view.name, kind: as, count, reason, samples });
    }
    return held;
  }

  /**
   * Whatever the limits are, a thumb for one value, or one deletion, is not a mass change. It may remove several indicators: both halves
   * of a composite value, and, with a thumb, the same value in several types.
   */
  #isSingle(kind: Kind, { count, said, ids, samples }: Tally): boolean {
    if (said < count || count > SAMPLES) return false;
    const isOneValue = samples.every(({ value }) => value === samples[0]?.value);
    return count === 1 || (kind === "thumb" && isOneValue) || this.#options.deltas.holds.areOfOneAttribute(ids);
  }

  /** Why so many changes of a kind may not pass; `null`: they may. */
  #against(kind: Kind, count: number, added: number): string | null {
    const { deltas, view, limits } = this.#options;
    const held = () => deltas.held(view.name);
    const empties = limits.never_empty && kind === "remove" && count > 1 && held() + added <= count;
    if (empties) return `${count} of ${held()} would leave it empty`;
    return this.#allowances[kind]?.pass(count, held) ?? null;
  }

  #aside(lack: Lack, revision: number): Keeping | null {
    // Without a range, a repair set the target back: the change was looked at before.
    const range = this.#ranges.find(({ from, through }) => from < revision && revision <= through);
    const kind = kindOf(lack);
    if (!range || kind === null) return null;
    if (kind === "remove" && waits(lack, range.reviewing)) return { state: "waiting", reason: "" };
    const reason = range.held.get(kind);
    return reason === undefined ? null : { state: "held", reason };
  }
}

const HELD = "A change is beyond the guard's limits and is held: the target stays as it is until a person decides";

function tally(): Tally {
  return { count: 0, said: 0, ids: [], samples: [] };
}

function count({ lack }: Comparison, reviewing: Reviewed, tallies: Record<Kind, Tally>): void {
  const kind = lack ? kindOf(lack) : null;
  if (!lack || kind === null || (kind === "remove" && waits(lack, reviewing))) return;
  const { id, type, value } = lack.holding;
  tallies[kind].count += 1;
  if (kind === "thumb" || (kind === "remove" && isSaid(lack))) tallies[kind].said += 1;
  if (tallies[kind].samples.length >= SAMPLES) return;
  tallies[kind].ids.push(id);
  tallies[kind].samples.push({ type, value });
}

function kindOf(lack: Lack): Kind | null {
  if ("renew" in lack || lack.holding.why === "retired") return null;
  // What is in doubt was let through once, and is only sent again.
  if ("add" in lack) return lack.holding.before === IN_DOUBT ? null : "add";
  // Thumbs must get through whatever else happens, so they are counted separately.
  return isThumb(lack.holding.why) ? "thumb" : "remove";
}

/** Whether a removal comes from MISP itself, and not from a changed rule. */
function isSaid({ holding: { why } }: Lack): boolean {
  return why !== null && SAID.has(why);
}

/** Whether a removal may be one of many from the same change, and so waits to be decided on with them. */
function waits(lack: Lack, reviewing: Reviewed): boolean {
  if (reviewing === null) return false;
  return !isSaid(lack) || (reviewing === "event" && lack.holding.why === "event_deleted");
}
