import type { Indicator } from "../../model/indicator.ts";
import { changeHeldFile, type HeldFile, openHeldFile } from "../held-file.ts";

/** What was said last of an indicator. Times are Unix milliseconds. */
export interface Told extends Indicator {
  message: string;
  changed: number;
  /** What the message shows beside the indicator; `null`: it says that the indicator is held no more. */
  shows: string | null;
}

/** One message with its place in the store's order, which no change of it alters. */
export interface Placed {
  id: number;
  message: string;
}

// An indicator is named by JSON, since SQLite's texts end for some at a NUL, and values may hold one.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS told (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  message TEXT NOT NULL,
  changed INTEGER NOT NULL,
  shows TEXT
);
CREATE INDEX IF NOT EXISTS told_stix ON told (json_extract(message, '$.id'));
CREATE INDEX IF NOT EXISTS told_removed ON told (changed) WHERE shows IS NULL;
`;
/** `user_version` of a file, by what its messages are written in. */
const WRITTEN_IN = { stix: 1, courier: 2 };
const PAGE = 2_000;

/** What subscribers were told, by indicator, in a file that outlives a crash: snapshots are made of it. */
export class BusStore {
  readonly #file: string;
  readonly #database: HeldFile;
  readonly #last: ReturnType<HeldFile["prepare"]>;
  readonly #named: ReturnType<HeldFile["prepare"]>;

  /**
   * Opens the store, creating it when there is none; what was said in another format is forgotten.
   * @throws StateDamaged when the file is none
   */
  constructor(file: string, format: keyof typeof WRITTEN_IN) {
    this.#file = file;
    this.#database = openHeldFile(file, SCHEMA);
    const { user_version: writtenIn } = this.#database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (writtenIn !== WRITTEN_IN[format])
      this.#database.exec(`DELETE FROM told; PRAGMA user_version = ${WRITTEN_IN[format]}`);
    this.#named = this.#database.prepare("SELECT name FROM told WHERE json_extract(message, '$.id') = ? LIMIT 1");
    this.#last = this.#database.prepare("SELECT message, changed FROM told WHERE name = ?");
  }

  /** What was said last of an indicator. */
  last(indicator: Indicator): Pick<Told, "message" | "changed"> | undefined {
    return this.#last.get(nameOf(indicator)) as Pick<Told, "message" | "changed"> | undefined;
  }

  /** The value of what was said under the id of a STIX indicator. */
  valueUnder(id: string): string | undefined {
    const found = this.#named.get(id) as { name: string } | undefined;
    return found && indicatorOf(found.name).value;
  }

  /**
   * Keeps what is about to be said, all or nothing, and forgets removals that are older than `oldest`.
   * @throws NotNow when the file cannot be written
   */
  keep(told: readonly Told[], oldest: number): void {
    if (told.length === 0) return;
    changeHeldFile(this.#file, this.#database, () => {
      const put = this.#database.prepare(
        "INSERT INTO told (name, message, changed, shows) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET " +
          "message = excluded.message, changed = excluded.changed, shows = excluded.shows",
      );
      for (const one of told) put.run(nameOf(one), one.message, one.changed, one.shows);
      this.#database.prepare("DELETE FROM told WHERE shows IS NULL AND changed < ?").run(oldest);
    });
  }

  /** True while nothing was said of any indicator. */
  isEmpty(): boolean {
    return this.#database.prepare("SELECT 1 FROM told LIMIT 1").get() === undefined;
  }

  /** The next messages after that one, in the store's order: what is held, and what was removed lately. */
  after(id: number, limit: number): Placed[] {
    return this.#database
      .prepare("SELECT id, message FROM told WHERE id > ? ORDER BY id LIMIT ?")
      .all(id, limit) as unknown as Placed[];
  }

  /** All that is held, a page at a time, each with what its message shows. */
  *held(): Generator<(Indicator & { shows: string })[]> {
    const statement = this.#database.prepare(
      "SELECT id, name, shows FROM told WHERE id > ? AND shows IS NOT NULL ORDER BY id LIMIT ?",
    );
    for (let after = 0; ; ) {
      const rows = statement.all(after, PAGE) as { id: number; name: string; shows: string }[];
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map(({ name, shows }) => ({ ...indicatorOf(name), shows }));
      after = last.id;
    }
  }

  close(): void {
    this.#database.close();
  }
}

function nameOf({ type, value }: Indicator): string {
  return JSON.stringify([type, value]);
}

function indicatorOf(name: string): Indicator {
  const [type, value]: [string, string] = JSON.parse(name);
  return { type, value };
}
