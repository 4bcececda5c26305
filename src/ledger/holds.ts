import type { Indicator } from "../model/indicator.ts";
import type { Deed, Done } from "./audit.ts";
import { Database } from "./database.ts";
import type { Statement } from "./statement.ts";
import type { Step } from "./step.ts";

/** Changes of one kind that a guard holds for a target, as a person is shown them. */
export interface Hold {
  target: string;
  kind: "add" | "remove";
  /** Milliseconds. */
  since: number;
  /** Why, when it began: how many there were then, while {@link count} follows what is put right and what is added. */
  reason: string;
  count: number;
  /** Of removals: how many there are for each reason against an indicator. */
  why: Record<string, number>;
  samples: Indicator[];
}

/** How many of them are named. */
const SAMPLES = 10;

/** What the guards keep aside, and why. */
export class Holds {
  readonly #database: Database;
  readonly #begin: Statement<{ target: number }>;
  readonly #count: Statement<{ count: number }>;
  readonly #keep: Statement<never>;
  readonly #again: Statement<never>;
  readonly #drop: Statement<never>;
  readonly #setAside: Statement<never>;
  readonly #settle: Statement<never>[];
  readonly #end: Statement<never>;
  readonly #reasons: Statement<Pick<Hold, "target" | "reason">>;
  readonly #all: Statement<{ target: number; name: string; kind: Hold["kind"]; since: number; reason: string }>;

  constructor(database: Database) {
    this.#database = database;
    this.#begin = database.prepare(
      "INSERT OR IGNORE INTO hold (target, kind, since, reason) VALUES (?, ?, ?, ?) RETURNING target",
    );
    this.#count = database.prepare("SELECT count(*) AS count FROM aside WHERE target = ? AND kind = ? AND state = ?");
    this.#keep = database.prepare("UPDATE aside SET state = ? WHERE target = ? AND kind = ? AND state = ?");
    this.#again = database.prepare(
      "INSERT OR IGNORE INTO again (target, indicator) SELECT target, indicator FROM aside WHERE target = ? AND kind = ? AND state = ?",
    );
    this.#drop = database.prepare("DELETE FROM aside WHERE target = ? AND kind = ? AND state = ?");
    this.#setAside = database.prepare(
      "INSERT OR REPLACE INTO aside (target, indicator, kind, why, state, revision, since) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#settle = ["aside", "again"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE target = ? AND indicator = ?`),
    );
    this.#end = database.prepare(
      `DELETE FROM hold WHERE target = ? AND NOT EXISTS (
         SELECT 1 FROM aside a WHERE a.target = hold.target AND a.kind = hold.kind AND a.state = 'held')`,
    );
    this.#reasons = database.prepare(
      `SELECT t.name AS target, group_concat(h.reason, '; ') AS reason
       FROM hold h CROSS JOIN target t ON t.id = h.target GROUP BY h.target`,
    );
    this.#all = database.prepare(
      `SELECT h.target, t.name, h.kind, h.since, h.reason FROM hold h CROSS JOIN target t ON t.id = h.target
       ORDER BY h.target, h.kind`,
    );
  }

  /** Opens the ledger at `file` for a decision while no courier runs, hands it over, and closes it. */
  static at<Result>(file: string, work: (holds: Holds) => Result): Result {
    const database = Database.open(file);
    try {
      return work(new Holds(database));
    } finally {
      database.close();
    }
  }

  /** Changes of a kind are held from now on; returns false when some were already. */
  begin(target: number, kind: Hold["kind"], reason: string, now: number): boolean {
    return this.#begin.get(target, kind, now, reason) !== undefined;
  }

  /** Keeps aside what a step leaves out, and forgets what is settled by it; within the transaction that records the step. */
  setAside(target: number, { asides, settled }: Pick<Step, "asides" | "settled">, now: number): Done[] {
    for (const id of settled) for (const statement of this.#settle) statement.run(target, id);
    for (const { id, kind, why, state, revision } of asides) {
      this.#setAside.run(target, id, kind, why ?? "", state, revision, now);
    }
    if (settled.length > 0) this.#end.run(target);
    return asides.map(({ id, why }) => ({ indicator: id, what: "hold", why: why ?? "", answer: "" }));
  }

  /** How many removals wait for a review to end. */
  waiting(target: number): number {
    return this.#count.get(target, "remove", "waiting")?.count ?? 0;
  }

  /** What has waited is within the limits. */
  passWaiting(target: number): void {
    this.#database.transaction(() => {
      this.#again.run(target, "remove", "waiting");
      this.#drop.run(target, "remove", "waiting");
    });
  }

  /** What has waited is beyond the limits, and is held. */
  holdWaiting(target: number, reason: string, now: number): void {
    this.#database.transaction(() => {
      this.begin(target, "remove", reason, now);
      this.#keep.run("held", target, "remove", "waiting");
    });
  }

  /** Lets what is held go to the target (to all of them, without a name); returns how much that is. */
  release(target: string | undefined, now: number): number {
    return this.#decide(target, "release", now, (id, kind) => {
      this.#again.run(id, kind, "held");
      this.#drop.run(id, kind, "held");
    });
  }

  /** Leaves the target (all of them, without a name) as it is, until something else is said of these indicators. */
  discard(target: string | undefined, now: number): number {
    return this.#decide(target, "discard", now, (id, kind) => this.#keep.run("discarded", id, kind, "held"));
  }

  /** Has a target compared with the ledger once more in these indicators, whatever it has come to. */
  compareAgain(name: string, indicators: readonly Indicator[]): void {
    const put = this.#database.prepare(
      `INSERT OR IGNORE INTO again (target, indicator)
       SELECT t.id, i.id FROM target t, indicator i WHERE t.name = ? AND i.value = ? AND i.type = ?`,
    );
    this.#database.transaction(() => {
      for (const { type, value } of indicators) put.run(name, value, type);
    });
  }

  /** For which targets something is held, and why. */
  reasons(): Pick<Hold, "target" | "reason">[] {
    return this.#reasons.all();
  }

  /** Those that wait for a person's decision. */
  list(): Hold[] {
    const counts = this.#database.prepare<{ why: string; count: number }>(
      "SELECT why, count(*) AS count FROM aside WHERE target = ? AND kind = ? AND state = 'held' GROUP BY why",
    );
    const samples = this.#database.prepare<Indicator>(
      `SELECT i.type, i.value FROM aside s CROSS JOIN indicator i ON i.id = s.indicator
       WHERE s.target = ? AND s.kind = ? AND s.state = 'held' LIMIT ${SAMPLES}`,
    );
    return this.#all.all().map(({ target, name, kind, since, reason }) => {
      const why = counts.all(target, kind);
      return {
        target: name,
        kind,
        since,
        reason,
        count: why.reduce((sum, { count }) => sum + count, 0),
        why: kind === "remove" ? Object.fromEntries(why.map((row) => [row.why, row.count])) : {},
        samples: samples.all(target, kind),
      };
    });
  }

  #decide(name: string | undefined, what: Deed, now: number, act: (id: number, kind: string) => void): number {
    const record = this.#database.prepare(
      `INSERT INTO audit (at, target, indicator, attribute, what, why, answer)
       SELECT ?1, target, indicator, NULL, ?2, why, '' FROM aside WHERE target = ?3 AND kind = ?4 AND state = 'held'`,
    );
    const end = this.#database.prepare("DELETE FROM hold WHERE target = ? AND kind = ?");
    return this.#database.transaction(() => {
      let decided = 0;
      for (const { target, kind } of this.#all.all().filter((hold) => name === undefined || hold.name === name)) {
        record.run(now, what, target, kind);
        decided += this.#count.get(target, kind, "held")?.count ?? 0;
        act(target, kind);
        end.run(target, kind);
      }
      return decided;
    });
  }
}
