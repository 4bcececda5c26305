import { statSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";
import { StateDamaged } from "../../state/damaged.ts";
import { RESTORED } from "../facts.ts";
import { Database } from "./database.ts";
import { SCHEMA } from "./schema.sql.ts";
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
    throw new StateDamaged(`this is no backup of misp-courier (${reason})`, { cause });
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
  const number = (pragma: string) =>
    new Statement<{ number: number }>(database, file, `SELECT ${pragma} AS number FROM pragma_${pragma}`).get()
      ?.number ?? 0;
  const tables = new Statement<{ name: string }>(database, file, "SELECT name FROM sqlite_schema").all();
  const names = new Set(tables.map(({ name }) => name));
  if (!names.has("backup")) throw new StateDamaged("this is no backup of misp-courier");
  const version = number("user_version");
  if (version > VERSION) {
    throw new StateDamaged(`this backup has schema version ${version}, this program knows ${VERSION}: use a newer one`);
  }
  // SQLite itself takes what is cut off the last page for zeros.
  if (statSync(file).size < number("page_count") * number("page_size")) throw damaged("its end is missing");
  const sound = new Statement<{ integrity_check: string }>(database, file, "PRAGMA integrity_check(1)").get();
  if (sound?.integrity_check !== "ok") throw damaged(sound?.integrity_check ?? "it cannot be checked");
  const missing = tablesOf(version).find((table) => !names.has(table));
  if (version < 1 || missing !== undefined) throw damaged(`it has no ${missing ?? "version"}`);
  if (!Number.isFinite(factsOf(database, file).made)) throw damaged("it does not say when it was made");
}

/** The tables that a ledger of some version has: what is made on the way to the newest it lacks, or has in another form. */
function tablesOf(version: number): string[] {
  const later = tablesIn(UPGRADES.slice(Math.max(0, version - 1)).join("\n"));
  return tablesIn(SCHEMA).filter((table) => !later.includes(table));
}

function tablesIn(sql: string): string[] {
  return [...sql.matchAll(/CREATE TABLE (\w+)/g)].map(([, name = ""]) => name);
}

function damaged(how: string): StateDamaged {
  return new StateDamaged(`this backup is damaged: ${how}`);
}

function factsOf(database: InstanceType<typeof DatabaseSync>, file: string): BackupFacts {
  const made = new Statement<{ content: string }>(database, file, "SELECT content FROM backup WHERE name = ?").get(
    MADE,
  );
  const indicators = new Statement<{ count: number }>(database, file, "SELECT count(*) AS count FROM indicator").get();
  return { made: Number(made?.content ?? Number.NaN), indicators: indicators?.count ?? 0 };
}
