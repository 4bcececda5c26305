import { DatabaseSync } from "@photostructure/sqlite";
import { StateDamaged } from "../state/damaged.ts";
import { Database } from "./database.ts";
import { RESTORED } from "./facts.ts";
import { Statement } from "./statement.ts";
import { UPGRADES } from "./upgrades.sql.ts";

/** A small file that goes with a ledger, by its path within the state directory. */
export interface Attachment {
  name: string;
  content: string;
}

/** What a backup says of itself. */
export interface BackupFacts {
  /** When it was made, milliseconds. */
  made: number;
  indicators: number;
}

const TABLE = "CREATE TABLE backup (name TEXT PRIMARY KEY, content TEXT NOT NULL)";
const VERSION = UPGRADES.length + 1;
const MADE = "made";
const FILE = "file:";

/**
 * Copies the ledger at `ledger` into the new file `file`, as it is at one moment, whether or not a courier works on it, and
 * the attachments with it. One file holds all: a ledger with one more table.
 */
export function backUp(ledger: string, file: string, attachments: readonly Attachment[], now: number): BackupFacts {
  const source = Database.read(ledger);
  try {
    source.prepare("VACUUM INTO ?").run(file);
  } finally {
    source.close();
  }
  return alter(file, (copy) => {
    copy.exec(TABLE);
    const keep = new Statement(copy, file, "INSERT INTO backup (name, content) VALUES (?, ?)");
    keep.run(MADE, String(now));
    for (const { name, content } of attachments) keep.run(`${FILE}${name}`, content);
    return factsOf(copy, file);
  });
}

/**
 * Makes the copy of a backup at `file` a ledger again and returns what was attached. What targets hold is in doubt then:
 * the courier went on after the backup was made, so all of it is to be compared and sent again.
 * @throws StateDamaged when it is no backup, is damaged, or comes from another version
 */
export function unpackBackup(file: string): { attachments: Attachment[]; facts: BackupFacts } {
  try {
    return alter(file, (copy) => {
      check(copy, file);
      const rows = new Statement<Attachment>(
        copy,
        file,
        "SELECT name, content FROM backup WHERE name LIKE 'file:%'",
      ).all();
      const facts = factsOf(copy, file);
      copy.exec("UPDATE held SET shown = '?'; UPDATE target SET position = 0; DELETE FROM request; DROP TABLE backup");
      new Statement(copy, file, "INSERT OR REPLACE INTO fact (name, value) VALUES (?, '1')").run(RESTORED);
      return { attachments: rows.map(({ name, content }) => ({ name: name.slice(FILE.length), content })), facts };
    });
  } catch (cause) {
    if (cause instanceof StateDamaged) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateDamaged(`it is no backup of a ledger (${reason})`, { cause });
  }
}

function alter<Result>(file: string, work: (database: InstanceType<typeof DatabaseSync>) => Result): Result {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
    const result = work(database);
    database.exec("COMMIT");
    return result;
  } finally {
    database.close();
  }
}

function check(database: InstanceType<typeof DatabaseSync>, file: string): void {
  const version =
    new Statement<{ user_version: number }>(database, file, "PRAGMA user_version").get()?.user_version ?? 0;
  const table = new Statement(database, file, "SELECT 1 FROM sqlite_schema WHERE name = 'backup'").get();
  if (!table) throw new StateDamaged(`${file} is no backup of misp-courier`);
  if (version > VERSION) {
    throw new StateDamaged(`this backup has schema version ${version}, this program knows ${VERSION}: use a newer one`);
  }
  const sound = new Statement<{ quick_check: string }>(database, file, "PRAGMA quick_check(1)").get()?.quick_check;
  if (sound !== "ok") throw new StateDamaged(`this backup is damaged: ${sound}`);
}

function factsOf(database: InstanceType<typeof DatabaseSync>, file: string): BackupFacts {
  const made = new Statement<{ content: string }>(database, file, "SELECT content FROM backup WHERE name = ?").get(
    MADE,
  );
  const indicators = new Statement<{ count: number }>(database, file, "SELECT count(*) AS count FROM indicator").get();
  return { made: Number(made?.content ?? 0), indicators: indicators?.count ?? 0 };
}
