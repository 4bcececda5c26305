import { existsSync } from "node:fs";
import { LedgerReport } from "../ledger/report/report.ts";
import type { Indicator } from "../model/indicator.ts";
import type { Reason } from "../model/verdict.ts";

/** What the courier's ledger says of an indicator, and who holds it up. */
export interface Standing extends Indicator {
  withheld: Reason | null;
  supports: { attribute: number; event: number }[];
}

/** Reads the ledger while the courier writes it. */
export class Standings implements Disposable {
  readonly #file: string;
  #report: LedgerReport | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Empty when there is no ledger yet, or none of the values is in it. */
  of(values: readonly string[]): Standing[] {
    if (!this.#report && !existsSync(this.#file)) return [];
    this.#report ??= new LedgerReport(this.#file);
    const report = this.#report;
    return report.indicators(values).map(({ id, type, value, withheld }) => {
      const supports = report
        .supports(id)
        .map(({ attribute }) => ({ attribute: attribute.id, event: attribute.event }));
      return { type, value, withheld, supports };
    });
  }

  /** The reason why the ledger withholds an indicator. */
  reasonFor({ type, value }: Indicator): Reason | null {
    return this.of([value]).find((standing) => standing.type === type)?.withheld ?? null;
  }

  [Symbol.dispose](): void {
    this.#report?.[Symbol.dispose]();
  }
}
