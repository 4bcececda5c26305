import type { LedgerReport, Summary } from "../ledger/report.ts";

/** A ledger of millions takes a moment to count: it is counted again after this many times as long, milliseconds at the least. */
const PACE = { times: 200, least: 5_000 };

/** The figures of the whole ledger, counted no more often than the ledger's size allows. */
export class Counts {
  readonly #report: LedgerReport;
  #summary: Summary | undefined;
  /** By a clock that nobody sets. */
  #next = 0;

  constructor(report: LedgerReport) {
    this.#report = report;
  }

  get summary(): Summary {
    const began = performance.now();
    if (this.#summary && began < this.#next) return this.#summary;
    const summary = this.#report.summary();
    const ended = performance.now();
    this.#next = ended + Math.max(PACE.least, PACE.times * (ended - began));
    this.#summary = summary;
    return summary;
  }
}
