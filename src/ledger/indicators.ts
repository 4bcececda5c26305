import type { Indicator } from "../model/indicator.ts";
import type { Reason, Verdict } from "../model/verdict.ts";
import type { Database, Statement } from "./database.ts";

/** An indicator as the ledger remembers it. */
export interface IndicatorRow extends Indicator {
  id: number;
  withheld: Reason | null;
  reference: number;
  score: number;
  due: number | null;
  revision: number;
  since: number;
}

/** One support of an indicator. */
export interface SupportRow {
  indicator: number;
  attribute: number;
  withheld: Reason | null;
  reference: number;
  composite: number;
}

/** The indicators table and what holds each of them up. */
export class Indicators {
  #revision: number;
  readonly #byId: Statement<IndicatorRow>;
  readonly #byValueAndType: Statement<IndicatorRow>;
  readonly #byValue: Statement<IndicatorRow>;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #due: Statement<IndicatorRow>;
  readonly #support: Statement<SupportRow>;
  readonly #supports: Statement<SupportRow>;
  readonly #putSupport: Statement<never>;
  readonly #removeSupport: Statement<never>;

  constructor(database: Database) {
    this.#revision =
      database.prepare<{ revision: number | null }>("SELECT max(revision) AS revision FROM indicator").get()
        ?.revision ?? 0;
    this.#byId = database.prepare("SELECT * FROM indicator WHERE id = ?");
    this.#byValueAndType = database.prepare("SELECT * FROM indicator WHERE value = ? AND type = ?");
    this.#byValue = database.prepare("SELECT * FROM indicator WHERE value = ?");
    this.#insert = database.prepare(
      "INSERT INTO indicator (value, type, withheld, reference, score, due, revision, since) VALUES (?, ?, 'unsupported', 0, 0, NULL, 0, ?)",
    );
    this.#update = database.prepare(
      "UPDATE indicator SET withheld = ?, reference = ?, score = ?, due = ?, revision = ?, since = ? WHERE id = ?",
    );
    this.#due = database.prepare("SELECT * FROM indicator WHERE due <= ? ORDER BY due LIMIT ?");
    this.#support = database.prepare("SELECT * FROM support WHERE indicator = ? AND attribute = ?");
    this.#supports = database.prepare("SELECT * FROM support WHERE indicator = ?");
    this.#putSupport = database.prepare(
      "INSERT OR REPLACE INTO support (indicator, attribute, withheld, reference, composite) VALUES (?, ?, ?, ?, ?)",
    );
    this.#removeSupport = database.prepare("DELETE FROM support WHERE indicator = ? AND attribute = ?");
  }

  /** The revision of the newest change. */
  get revision(): number {
    return this.#revision;
  }

  get(id: number): IndicatorRow | undefined {
    return this.#byId.get(id);
  }

  find({ type, value }: Indicator): IndicatorRow | undefined {
    return this.#byValueAndType.get(value, type);
  }

  withValue(value: string): IndicatorRow[] {
    return this.#byValue.all(value);
  }

  /** The row of an indicator, a new one when it was never heard of. */
  ensure(indicator: Indicator, now: number): IndicatorRow {
    const known = this.find(indicator);
    if (known) return known;
    const { id } = this.#insert.run(indicator.value, indicator.type, now);
    return { ...indicator, id, withheld: "unsupported", reference: 0, score: 0, due: null, revision: 0, since: now };
  }

  /** Saves a verdict under a new revision. */
  decide(row: IndicatorRow, verdict: Verdict, now: number): void {
    this.#revision += 1;
    const since = row.withheld === verdict.withheld && row.revision > 0 ? row.since : now;
    this.#update.run(verdict.withheld, verdict.reference, verdict.score, verdict.due, this.#revision, since, row.id);
  }

  due(seconds: number, limit: number): IndicatorRow[] {
    return this.#due.all(seconds, limit);
  }

  support(indicator: number, attribute: number): SupportRow | undefined {
    return this.#support.get(indicator, attribute);
  }

  supports(indicator: number): SupportRow[] {
    return this.#supports.all(indicator);
  }

  putSupport(row: SupportRow): void {
    this.#putSupport.run(row.indicator, row.attribute, row.withheld, row.reference, row.composite);
  }

  removeSupport(indicator: number, attribute: number): void {
    this.#removeSupport.run(indicator, attribute);
  }
}
