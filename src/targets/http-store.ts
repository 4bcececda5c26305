import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import type { Entry } from "../model/delta.ts";
import type { Indicator } from "../model/indicator.ts";
import { StateDamaged } from "../state/damaged.ts";
import { NotNow } from "./target.ts";

/** An entry as the store keeps it. */
export type Listed = Omit<Entry, "origins">;

type Connection = InstanceType<typeof DatabaseSync>;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS entry (
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  score REAL NOT NULL,
  expires INTEGER,
  PRIMARY KEY (type, value)
) WITHOUT ROWID;
-- In the order of a list that has room for some only.
CREATE INDEX IF NOT EXISTS entry_best ON entry (type, score DESC, value, expires);
`;
/** How long a write waits for another program that has the file, milliseconds: everything else waits with it. */
const PATIENCE = 100;
const PAGE = 5_000;

/** Where the store of a target is, below the state directory. */
export function listStoreFile(target: string): string {
  return `lists/${target}.sqlite`;
}

/** What the lists of one target are made of: what it holds, in a file that outlives a crash. */
export class ListStore {
  readonly #file: string;
  readonly #database: Connection;

  private constructor(file: string, database: Connection) {
    this.#file = file;
    this.#database = database;
  }

  /**
   * Opens the store, creating it when there is none.
   * @throws StateDamaged when the file is none
   */
  static open(file: string): ListStore {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // FULL: what the ledger says is held must not be forgotten in a power cut.
    return ListStore.#connect(file, false, `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
  }

  /**
   * Opens a store for reading beside the target that fills it; `undefined` when there is none yet.
   * @throws StateDamaged when the file is none
   */
  static read(file: string): ListStore | undefined {
    return existsSync(file) ? ListStore.#connect(file, true, "PRAGMA cache_size = -8192") : undefined;
  }

  /**
   * Holds these entries and drops those, all or nothing.
   * @throws NotNow when the file cannot be written
   */
  change(hold: readonly Listed[], drop: readonly Indicator[]): void {
    if (hold.length + drop.length === 0) return;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      const put = this.#database.prepare(
        "INSERT OR REPLACE INTO entry (type, value, score, expires) VALUES (?, ?, ?, ?)",
      );
      const remove = this.#database.prepare("DELETE FROM entry WHERE type = ? AND value = ?");
      for (const { type, value } of drop) remove.run(type, value);
      for (const { type, value, score, expires } of hold) put.run(type, value, score, expires);
      this.#database.exec("COMMIT");
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      if (!(cause instanceof Error && "sqliteCode" in cause)) throw cause;
      throw new NotNow(`${this.#file} cannot be written: ${reasonOf(cause)}`, { cause });
    }
  }

  /** The best of these types by score, each with the value as it stands in its type; the same value may come twice. */
  best(types: readonly string[], limit: number): Listed[] {
    const statement = this.#database.prepare(
      "SELECT type, value, score, expires FROM entry WHERE type = ? ORDER BY score DESC, value LIMIT ?",
    );
    return types.flatMap((type) => statement.all(type, limit) as Listed[]);
  }

  /** How many entries these types have together. */
  count(types: readonly string[]): number {
    const statement = this.#database.prepare("SELECT count(*) AS count FROM entry WHERE type = ?");
    return types.reduce((sum, type) => sum + Number((statement.get(type) as { count: number }).count), 0);
  }

  /** Another number after each change that somebody else made to the file. */
  version(): number {
    return Number((this.#database.prepare("PRAGMA data_version").get() as { data_version: number }).data_version);
  }

  /** Everything, a page at a time. */
  *pages(): Generator<Listed[]> {
    const statement = this.#database.prepare(
      "SELECT type, value, score, expires FROM entry WHERE (type, value) > (?, ?) ORDER BY type, value LIMIT ?",
    );
    for (let last = { type: "", value: "" }; ; ) {
      const page = statement.all(last.type, last.value, PAGE) as Listed[];
      if (page.length > 0) yield page;
      const end = page.at(-1);
      if (!end || page.length < PAGE) return;
      last = end;
    }
  }

  close(): void {
    this.#database.close();
  }

  static #connect(file: string, readOnly: boolean, settings: string): ListStore {
    try {
      const database = new DatabaseSync(file, { readOnly, timeout: PATIENCE });
      database.exec(settings);
      return new ListStore(file, database);
    } catch (cause) {
      throw new StateDamaged(
        `${file} cannot be opened (${reasonOf(cause)}). Move it away, and have the lists filled again with drift --repair.`,
        { cause },
      );
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
