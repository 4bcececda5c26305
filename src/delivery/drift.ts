import { setImmediate as nextTurn } from "node:timers/promises";
import type { Belief, Holdings } from "../ledger/delta/holdings.ts";
import type { TargetView } from "../ledger/delta/step.ts";
import { type Indicator, nameOf } from "../model/indicator.ts";
import type { Found, Target } from "../targets/target.ts";

/** How a target differs from what the ledger believes it to hold. */
export interface Drift {
  target: string;
  /** When it was read, milliseconds. */
  at: number;
  /** How many items were found there, and how many indicators the ledger believes to be there. */
  found: number;
  held: number;
  /** Held according to the ledger, but not there. */
  missing: number;
  /** There, but shown differently from what was sent. */
  stale: number;
  /** There, known from MISP, but should not be there. */
  extra: number;
  /** What others put there: never touched. */
  foreign: number;
  /** Samples of each kind, for a person. */
  examples: Record<DriftKind, string[]>;
}

export type DriftKind = "missing" | "stale" | "extra" | "foreign";

const EXAMPLES = 5;
/** How many items are looked up in one turn of the event loop. */
const SLICE = 250;

/**
 * Compares one reading of a target with the ledger. Deliveries go on meanwhile, and what they touch is left out. It needs a little
 * more than a byte of memory for each indicator, however many items the target shows.
 */
export class Reading {
  readonly #holdings: Holdings;
  readonly #target: string;
  readonly #alias: ((indicator: Indicator) => Indicator) | undefined;
  /** The types that the target takes; `null`: all. Another target may well keep others in the same place. */
  readonly #types: ReadonlySet<string> | null;
  /** The revision up to which the target had come: what changed later is still on its way. */
  readonly #position: number;
  readonly #seen: Uint8Array;
  /** Indicators that the target knows under another name, by that name. */
  readonly #aliases = new Map<string, Belief[]>();
  readonly #ids: Record<DriftKind, number[]> = { missing: [], stale: [], extra: [], foreign: [] };
  readonly #examples: Drift["examples"] = { missing: [], stale: [], extra: [], foreign: [] };
  #foreign = 0;
  #found = 0;
  #held = 0;

  constructor(
    holdings: Holdings,
    { name, rules: { types } }: Pick<TargetView, "name" | "rules">,
    position: number,
    alias: Target["alias"],
  ) {
    this.#holdings = holdings;
    this.#target = name;
    this.#alias = alias;
    this.#types = types;
    this.#position = position;
    this.#seen = new Uint8Array(holdings.last() + 1);
  }

  /** Reads the target to its end, and rejects when the signal ends it. */
  async read(pages: AsyncIterable<readonly Found[]>, signal: AbortSignal): Promise<void> {
    if (this.#alias) await this.#learnAliases(this.#alias);
    for await (const page of pages) {
      for (const [n, thing] of page.entries()) {
        this.#take(thing);
        if (n % SLICE === SLICE - 1) await turn(signal);
      }
      await turn(signal);
    }
    for (const page of this.#holdings.pages(this.#target)) {
      for (const belief of page) this.#miss(belief);
      await turn(signal);
    }
  }

  /**
   * What the reading came to.
   * @param touched by deliveries while it was read
   */
  result(at: number, touched: ReadonlySet<number>): { drift: Drift; ids: Record<DriftKind, number[]> } {
    const untouched = (kind: DriftKind) => this.#ids[kind].filter((id) => !touched.has(id));
    const ids = { missing: untouched("missing"), stale: untouched("stale"), extra: untouched("extra"), foreign: [] };
    const counts = { missing: ids.missing.length, stale: ids.stale.length, extra: ids.extra.length };
    // What came while it was read may not have been there yet.
    const held = this.#held - (this.#ids.missing.length - ids.missing.length);
    const sizes = { found: this.#found, held, ...counts, foreign: this.#foreign };
    return { drift: { target: this.#target, at, ...sizes, examples: this.#examples }, ids };
  }

  async #learnAliases(alias: (indicator: Indicator) => Indicator): Promise<void> {
    for (const page of this.#holdings.pages(this.#target)) {
      for (const belief of page) {
        const name = alias(belief);
        if (name.value === belief.value) continue;
        const key = nameOf(name);
        this.#aliases.set(key, [...(this.#aliases.get(key) ?? []), belief]);
      }
      await nextTurn();
    }
  }

  #take({ indicator, label, shows, foreign = false }: Found): void {
    this.#found += 1;
    const beliefs = indicator === null ? [] : this.#beliefs(indicator);
    const held = beliefs.filter(({ shown }) => shown !== null);
    const isOthers = foreign || (indicator !== null && this.#types?.has(indicator.type) === false);
    if (beliefs.length === 0 || (isOthers && held.length === 0)) {
      this.#foreign += 1;
      this.#show("foreign", label);
      return;
    }
    for (const belief of held) {
      this.#seen[belief.id] = 1;
      if (shows !== null && this.#holdings.differs(belief, shows)) this.#note("stale", belief.id, label);
    }
    const [stray] = beliefs;
    if (held.length === 0 && stray && stray.revision <= this.#position) this.#note("extra", stray.id, label);
  }

  /** What the ledger knows about an item, under each of the names that it may have. */
  #beliefs(indicator: Indicator): Belief[] {
    const name = this.#alias?.(indicator) ?? indicator;
    const exact = this.#holdings.find(this.#target, indicator);
    const folded = name.value === indicator.value ? undefined : this.#holdings.find(this.#target, name);
    const others = this.#aliases.get(nameOf(name)) ?? [];
    const known = [exact, folded].filter((belief) => belief !== undefined);
    return [...known, ...others.filter(({ id }) => known.every((belief) => belief.id !== id))];
  }

  #miss(belief: Belief): void {
    const seen = this.#seen[belief.id] === 1;
    // What is in doubt may be there or not: its delivery has not ended yet.
    if (!seen && this.#holdings.inDoubt(belief)) return;
    this.#held += 1;
    if (!seen) this.#note("missing", belief.id, `${belief.type} ${belief.value}`);
  }

  #note(kind: DriftKind, id: number, label: string): void {
    this.#ids[kind].push(id);
    this.#show(kind, label);
  }

  #show(kind: DriftKind, label: string): void {
    if (this.#examples[kind].length < EXAMPLES) this.#examples[kind].push(label);
  }
}

async function turn(signal: AbortSignal): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
