import { existsSync } from "node:fs";
import type { Entry } from "../../model/delta.ts";
import type { Indicator } from "../../model/indicator.ts";
import { changeHeldFile, connectHeldFile, type HeldFile, openHeldFile } from "../held-file.ts";

/** An entry as the store keeps it. */
export type Listed = Omit<Entry, "origins" | "reference">;

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
const PAGE = 5_000;

/** The folder of all stores, below the state directory. */
export const LIST_STORES = "lists";

/** Where the store of a target is, below the state directory. */
export function listStoreFile(target: string): string {
  return `${LIST_STORES}/${target}.sqlite`;
}

/** What the lists of one target are made of: what it holds, in a file that outlives a crash. */
export class ListStore {
  readonly #file: string;
  readonly #database: HeldFile;

  private constructor(file: string, database: HeldFile) {
    this.#file = file;
    this.#database = database;
  }

  /**
   * Opens the store, creating it when there is none.
   * @throws StateDamaged when the file is none
   */
  static open(file: string): ListStore {
    return new ListStore(file, openHeldFile(file, SCHEMA));
  }

  /**
   * Opens a store for reading beside the target that fills it; `undefined` when there is none yet.
   * @throws StateDamaged when the file is none
   */
  static read(file: string): ListStore | undefined {
    if (!existsSync(file)) return undefined;
    return new ListStore(file, connectHeldFile(file, true, "PRAGMA cache_size = -8192"));
  }

  /**
   * Holds these entries and drops those, all or nothing.
   * @throws NotNow when the file cannot be written
   */
  change(hold: readonly Listed[], drop: readonly Indicator[]): void {
    if (hold.length + drop.length === 0) return;
    changeHeldFile(this.#file, this.#database, () => {
      const put = this.#database.prepare(
        "INSERT OR REPLACE INTO entry (type, value, score, expires) VALUES (?, ?, ?, ?)",
      );
      const remove = this.#database.prepare("DELETE FROM entry WHERE type = ? AND value = ?");
      for (const { type, value } of drop) remove.run(type, value);
      for (const { type, value, score, expires } of hold) put.run(type, value, score, expires);
    });
  }

  /**
   * The best of each of these types by score, as many as fit, each with the value as it stands in its type; the same value may
   * come twice.
   */
  best(types: readonly string[], limit: number, fits: (entry: Listed) => boolean = () => true): Listed[] {
    const statement = this.#database.prepare(
      "SELECT type, value, score, expires FROM entry WHERE type = ? ORDER BY score DESC, value",
    );
    // Not by a LIMIT: what does not fit must not take the room of what does.
    return types.flatMap((type) => [...first(limit, statement.iterate(type) as Iterable<Listed>, fits)]);
  }

  /** How many values these types have together, each counted once. */
  count(types: readonly string[]): number {
    const statement = this.#database.prepare(
      `SELECT count(*) AS count FROM entry e WHERE e.type = ? AND NOT EXISTS (
         SELECT 1 FROM entry o WHERE o.type IN (SELECT value FROM json_each(?)) AND o.value = e.value)`,
    );
    const counts = types.map((type, n) => statement.get(type, JSON.stringify(types.slice(0, n))) as { count: number });
    return counts.reduce((sum, { count }) => sum + Number(count), 0);
  }

  /** True while it holds nothing of any type. */
  isEmpty(): boolean {
    return this.#database.prepare("SELECT 1 FROM entry LIMIT 1").get() === undefined;
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
}

function* first(limit: number, entries: Iterable<Listed>, fits: (entry: Listed) => boolean): Generator<Listed> {
  let count = 0;
  for (const entry of entries) {
    if (count >= limit) return;
    if (!fits(entry)) continue;
    count += 1;
    yield entry;
  }
}
