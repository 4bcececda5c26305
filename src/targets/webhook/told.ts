import { createHash } from "node:crypto";
import { DatabaseSync } from "@photostructure/sqlite";
import { StateDamaged } from "../../state/damaged.ts";
import { beginHeldFile, changeHeldFile, type HeldFile } from "../held-file.ts";
import type { Change, Telling } from "./event.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS told (
  key TEXT PRIMARY KEY,
  -- Of what was told last of this indicator.
  digest BLOB NOT NULL,
  number INTEGER NOT NULL,
  time INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS told_number ON told (number);
`;
/** A change that is sent again later than that after the first time gets another id, milliseconds. */
const MEMORY = 7 * 86_400_000;
/** How long a write waits for another program that has the file, milliseconds: everything else waits with it. */
const PATIENCE = 100;

/**
 * What was told last of each indicator, in a file that outlives a crash. An id made of a change's content alone would come
 * back when an indicator leaves and returns, and a receiver would take that for a repetition. So every change gets a number
 * before it is first sent, and keeps it until something else is told of that indicator.
 */
export class Told {
  readonly #file: string;
  readonly #database: HeldFile;
  #last: number;

  /** @throws StateDamaged when the file is no such memory */
  constructor(file: string) {
    this.#file = file;
    try {
      beginHeldFile(file);
      this.#database = new DatabaseSync(file, { timeout: PATIENCE });
      this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}`);
      this.#last = Number(this.#database.prepare("SELECT max(number) AS last FROM told").get()?.last ?? 0);
    } catch (cause) {
      throw new StateDamaged(
        `${file} cannot be opened (${reasonOf(cause)}). Move it away; what is sent again then has another id.`,
        { cause },
      );
    }
  }

  /**
   * The changes with when they were first told, which is kept before this returns.
   * @param now Unix milliseconds
   * @throws NotNow when the file cannot be written
   */
  tell(changes: readonly Change[], now: number): Telling[] {
    return changeHeldFile(this.#file, this.#database, () => {
      const tellings = this.#number(changes, now);
      this.#database.prepare("DELETE FROM told WHERE number < ?").run(now - MEMORY);
      return tellings;
    });
  }

  close(): void {
    this.#database.close();
  }

  #number(changes: readonly Change[], now: number): Telling[] {
    const find = this.#database.prepare("SELECT number, time FROM told WHERE key = ? AND digest = ?");
    const keep = this.#database.prepare("INSERT OR REPLACE INTO told (key, digest, number, time) VALUES (?, ?, ?, ?)");
    return changes.map((change) => {
      const digest = digestOf(change);
      const known = find.get(change.key, digest);
      if (known) return { ...change, number: Number(known.number), time: Number(known.time) };
      // By the clock, so that a memory that was lost does not give the same numbers again.
      this.#last = Math.max(this.#last + 1, now);
      keep.run(change.key, digest, this.#last, now);
      return { ...change, number: this.#last, time: now };
    });
  }
}

function digestOf({ type, data }: Change): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([type, data]))
    .digest()
    .subarray(0, 16);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
