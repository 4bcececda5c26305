import type { Hold } from "../ledger/delta/hold-lists.ts";
import type { LedgerReport, Summary } from "../ledger/report/report.ts";

/** A ledger of millions takes a moment to count: it is counted again after this many times as long. */
const PACE = 200;
/** So much lies between two counts at the least, milliseconds: a person waits for what guards hold, and not for the rest. */
const LEAST = { summary: 5_000, holds: 1_000 };

/** The figures of the whole ledger, counted no more often than the ledger's size allows. */
export class Counts {
  readonly #report: LedgerReport;
  readonly #summary: Paced<Summary>;
  readonly #holds: Paced<Hold[]>;
  #held = "";

  constructor(report: LedgerReport) {
    this.#report = report;
    this.#summary = new Paced(() => report.summary(), LEAST.summary);
    this.#holds = new Paced(() => report.holds.held(), LEAST.holds);
  }

  get summary(): Summary {
    return this.#summary.value;
  }

  /** What guards hold: that it begins or ends is seen at once, how much it is as often as that can be counted. */
  get holds(): Hold[] {
    const held = JSON.stringify(this.#report.heldFor());
    if (held !== this.#held) this.#holds.forget();
    this.#held = held;
    return this.#holds.value;
  }
}

/** Something that is counted again once that is due. */
class Paced<Counted> {
  readonly #count: () => Counted;
  readonly #least: number;
  #last: Counted | undefined;
  /** By a clock that nobody sets. */
  #next = 0;

  constructor(count: () => Counted, least: number) {
    this.#count = count;
    this.#least = least;
  }

  get value(): Counted {
    const began = performance.now();
    if (this.#last !== undefined && began < this.#next) return this.#last;
    const counted = this.#count();
    const ended = performance.now();
    this.#next = ended + Math.max(this.#least, PACE * (ended - began));
    this.#last = counted;
    return counted;
  }

  forget(): void {
    this.#last = undefined;
  }
}
