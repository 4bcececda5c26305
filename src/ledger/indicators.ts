import { type Indicator, nameOf } from "../model/indicator.ts";
import type { Reason, Verdict } from "../model/verdict.ts";
import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";
import { Recent } from "./recent.ts";

/** An indicator as the ledger remembers it. */
export interface IndicatorRow extends Indicator {
  id: number;
  withheld: Reason | null;
  reference: number;
  score: number;
  /** The parts of the score as JSON; empty: it is neutral, and there is no more to say. */
  parts: string;
  due: number | null;
  /** 0 until it was first judged, which also is when it is first saved. */
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
  /** What it says of the score as JSON; empty: nothing. */
  worth: string;
}

/** An indicator in memory, with what holds it up. */
export interface IndicatorEntry {
  row: IndicatorRow;
  supports: Map<number, SupportRow>;
}

/** The indicators table and what holds each of them up. */
export class Indicators {
  readonly recent = new Recent<string, IndicatorEntry>();
  #revision = 0;
  #lastId = 0;
  readonly #newest: Statement<{ revision: number | null; id: number | null }>;
  readonly #byValueAndType: Statement<IndicatorRow>;
  readonly #byValue: Statement<IndicatorRow>;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #postpone: Statement<never>;
  readonly #due: Statement<IndicatorRow>;
  readonly #supports: Statement<SupportRow>;
  readonly #putSupport: Statement<never>;
  readonly #removeSupport: Statement<never>;

  constructor(database: Database) {
    this.#newest = database.prepare(
      "SELECT (SELECT max(revision) FROM indicator) AS revision, (SELECT max(id) FROM indicator) AS id",
    );
    this.#byValueAndType = database.prepare("SELECT * FROM indicator WHERE value = ? AND type = ?");
    this.#byValue = database.prepare("SELECT * FROM indicator WHERE value = ?");
    this.#insert = database.prepare(
      `INSERT INTO indicator (withheld, reference, score, parts, revision, since, due, value, type, id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = database.prepare(
      "UPDATE indicator SET withheld = ?, reference = ?, score = ?, parts = ?, revision = ?, since = ? WHERE id = ?",
    );
    // Apart, so that what stays due at the same time costs no look into that index.
    this.#postpone = database.prepare("UPDATE indicator SET due = ? WHERE id = ?");
    this.#due = database.prepare("SELECT * FROM indicator WHERE due <= ? ORDER BY due LIMIT ?");
    this.#supports = database.prepare("SELECT * FROM support WHERE indicator = ?");
    this.#putSupport = database.prepare(
      "INSERT OR REPLACE INTO support (indicator, attribute, withheld, reference, composite, worth) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#removeSupport = database.prepare("DELETE FROM support WHERE indicator = ? AND attribute = ?");
    this.reload();
  }

  /** Takes the counters from the database: at the start, and after a transaction was undone. */
  reload(): void {
    const newest = this.#newest.get();
    this.#revision = newest?.revision ?? 0;
    this.#lastId = newest?.id ?? 0;
    this.recent.clear();
  }

  find(indicator: Indicator): IndicatorEntry | undefined {
    const recent = this.recent.get(nameOf(indicator));
    if (recent) return recent;
    const row = this.#byValueAndType.get(indicator.value, indicator.type);
    return row && this.#remember(row, this.#supports.all(row.id));
  }

  /** The entry of an indicator; a new one, which the first verdict saves, when it was never heard of. */
  ensure({ type, value }: Indicator, now: number): IndicatorEntry {
    const known = this.find({ type, value });
    if (known) return known;
    this.#lastId += 1;
    const row: IndicatorRow = {
      id: this.#lastId,
      value,
      type,
      withheld: "unsupported",
      reference: 0,
      score: 0,
      parts: "",
      due: null,
      revision: 0,
      since: now,
    };
    return this.#remember(row, []);
  }

  withValue(value: string): IndicatorEntry[] {
    return this.#byValue.all(value).map((row) => this.#loaded(row));
  }

  /** Those whose time has come, the longest overdue first. */
  due(seconds: number, limit: number): IndicatorEntry[] {
    return this.#due.all(seconds, limit).map((row) => this.#loaded(row));
  }

  /** Saves a verdict under a new revision. */
  decide(entry: IndicatorEntry, verdict: Verdict, now: number): void {
    this.#revision += 1;
    const { row } = entry;
    const since = row.withheld === verdict.withheld && row.revision > 0 ? row.since : now;
    const { withheld, reference, score, due } = verdict;
    const parts = partsColumn(verdict);
    const columns = [withheld, reference, score, parts, this.#revision, since] as const;
    if (row.revision === 0) this.#insert.run(...columns, due, row.value, row.type, row.id);
    else {
      this.#update.run(...columns, row.id);
      if (due !== row.due) this.#postpone.run(due, row.id);
    }
    entry.row = { ...row, withheld, reference, score, parts, due, since, revision: this.#revision };
  }

  putSupport(entry: IndicatorEntry, support: SupportRow): void {
    const { indicator, attribute, withheld, reference, composite, worth } = support;
    this.#putSupport.run(indicator, attribute, withheld, reference, composite, worth);
    entry.supports.set(support.attribute, support);
  }

  removeSupport(entry: IndicatorEntry, attribute: number): void {
    this.#removeSupport.run(entry.row.id, attribute);
    entry.supports.delete(attribute);
  }

  #loaded(row: IndicatorRow): IndicatorEntry {
    return this.recent.get(nameOf(row)) ?? this.#remember(row, this.#supports.all(row.id));
  }

  #remember(row: IndicatorRow, supports: readonly SupportRow[]): IndicatorEntry {
    const bySupporter = new Map(supports.map((support) => [support.attribute, support]));
    return this.recent.set(nameOf(row), { row, supports: bySupporter });
  }
}

/** The parts of a score as a column holds them: of a neutral one there is nothing to keep. */
export function partsColumn({ parts }: Verdict): string {
  return parts.length <= 1 ? "" : JSON.stringify(parts);
}
