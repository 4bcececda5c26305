import type { Indicator } from "../../model/indicator.ts";
import { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import type { Deed, Done } from "./audit.ts";
import { type Hold, HoldLists } from "./hold-lists.ts";
import type { Step } from "./step.ts";

/** What a person decides on, or has decided on before and may think better of. */
type Decided = "held" | "discarded";
const KINDS = ["add", "remove"] as const;

/** When a step is recorded, milliseconds, and whether the target has then heard of all that has changed. */
interface Recording {
  now: number;
  isLast: boolean;
}

/** What the guards keep aside, and why. */
export class Holds {
  readonly #database: Database;
  readonly #begin: Statement<{ target: number }>;
  readonly #count: Statement<{ count: number }>;
  readonly #keep: Statement<never>;
  readonly #again: Statement<never>;
  readonly #countAgain: Statement<{ count: number }>;
  readonly #drop: Statement<never>;
  readonly #setAside: Statement<never>;
  readonly #settle: Statement<never>[];
  readonly #end: Statement<never>;
  readonly #shared: Statement<{ attribute: number }>;
  readonly #reasons: Statement<Pick<Hold, "target" | "reason">>;
  readonly #lists: HoldLists;

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
    this.#countAgain = database.prepare("SELECT count(*) AS count FROM again WHERE target = ?");
    this.#settle = ["aside", "again"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE target = ? AND indicator = ?`),
    );
    this.#end = database.prepare(
      `DELETE FROM hold WHERE target = ? AND NOT EXISTS (
         SELECT 1 FROM aside a WHERE a.target = hold.target AND a.kind = hold.kind AND a.state = 'held')`,
    );
    this.#shared = database.prepare(
      `SELECT attribute FROM support WHERE indicator IN (SELECT value FROM json_each(?1))
       GROUP BY attribute HAVING count(*) = json_array_length(?1) LIMIT 1`,
    );
    this.#reasons = database.prepare(
      `SELECT t.name AS target, group_concat(h.reason, '; ') AS reason
       FROM hold h CROSS JOIN target t ON t.id = h.target GROUP BY h.target`,
    );
    this.#lists = new HoldLists(database);
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

  /** Whether one attribute has all of these indicators for its parts: what is said of it is one change. */
  areOfOneAttribute(indicators: readonly number[]): boolean {
    return this.#shared.get(JSON.stringify(indicators)) !== undefined;
  }

  /** Keeps aside what a step leaves out, and forgets what is settled by it; within the transaction that records the step. */
  setAside(target: number, { asides, settled }: Pick<Step, "asides" | "settled">, { now, isLast }: Recording): Done[] {
    for (const id of settled) for (const statement of this.#settle) statement.run(target, id);
    for (const { id, kind, why, state, revision, reason } of asides) {
      this.#setAside.run(target, id, kind, why ?? "", state, revision, now);
      // A person may have decided since it was judged, and could not mean what was not aside yet.
      if (state === "held") this.begin(target, kind, reason, now);
    }
    // Of what is held nothing may ever have been kept aside, as it was put right before; until the last step more may come.
    if (settled.length > 0 || isLast) this.#end.run(target);
    return asides.map(({ id, why }) => ({ indicator: id, what: "hold", why: why ?? "", answer: "" }));
  }

  /** How many removals wait for a review to end. */
  waiting(target: number): number {
    return this.#count.get(target, "remove", "waiting")?.count ?? 0;
  }

  /** How much the target is told again, such as all that it lost. */
  again(target: number): number {
    return this.#countAgain.get(target)?.count ?? 0;
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

  /** Lets what is held, or was discarded, go to the target (to all of them, without a name); returns how much that is. */
  release(name: string | undefined, now: number, state: Decided = "held"): number {
    return this.#decide({ name, state, what: "release", now }, (id, kind) => {
      this.#again.run(id, kind, state);
      this.#drop.run(id, kind, state);
    });
  }

  /** Leaves the target (all of them, without a name) as it is, until something else is said of these indicators. */
  discard(name: string | undefined, now: number): number {
    const discard = (id: number, kind: string) => this.#keep.run("discarded", id, kind, "held");
    return this.#decide({ name, state: "held", what: "discard", now }, discard);
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

  /** The same with all that it has refused, as far back as the record of what was done goes. */
  compareRefused(name: string): void {
    this.#database
      .prepare(
        `INSERT OR IGNORE INTO again (target, indicator)
         SELECT a.target, a.indicator FROM target t JOIN audit a ON a.target = t.id WHERE t.name = ? AND a.answer <> ''`,
      )
      .run(name);
  }

  /** For which targets something is held, and why. */
  reasons(): Pick<Hold, "target" | "reason">[] {
    return this.#reasons.all();
  }

  /** Those that wait for a person's decision. */
  list(): Hold[] {
    return this.#lists.held();
  }

  /** @param state which of what is kept aside is decided on */
  #decide(
    { name, state, what, now }: { name: string | undefined; state: Decided; what: Deed; now: number },
    act: (id: number, kind: string) => void,
  ): number {
    const record = this.#database.prepare(
      `INSERT INTO audit (at, target, indicator, attribute, what, why, answer)
       SELECT ?1, target, indicator, NULL, ?2, why, '' FROM aside WHERE target = ?3 AND kind = ?4 AND state = ?5`,
    );
    const targets = this.#database.prepare<{ id: number; name: string }>("SELECT id, name FROM target").all();
    const end = this.#database.prepare("DELETE FROM hold WHERE target = ? AND kind = ?");
    return this.#database.transaction(() => {
      let decided = 0;
      for (const { id } of targets.filter((target) => name === undefined || target.name === name)) {
        for (const kind of KINDS) {
          record.run(now, what, id, kind, state);
          decided += this.#count.get(id, kind, state)?.count ?? 0;
          act(id, kind);
          if (state === "held") end.run(id, kind);
        }
      }
      return decided;
    });
  }
}
