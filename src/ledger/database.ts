import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSyncInstance } from "@photostructure/sqlite";
import { StateDamaged } from "../state/damaged.ts";
import { SCHEMA, VERSION } from "./schema.sql.ts";

type Connection = InstanceType<typeof DatabaseSync>;
type Parameter = string | number | null;

/** A prepared statement with the shape of its rows, the one place where SQLite's rows are taken to be what the schema says. */
export class Statement<Row> {
  readonly #statement: StatementSyncInstance;

  constructor(database: Connection, sql: string) {
    this.#statement = database.prepare(sql);
  }

  get(...parameters: Parameter[]): Row | undefined {
    return this.#statement.get(...parameters) as Row | undefined;
  }

  all(...parameters: Parameter[]): Row[] {
    return this.#statement.all(...parameters) as Row[];
  }

  /** Runs it. The driver's own `run` also tells what it changed, which takes as long as a small change itself. */
  run(...parameters: Parameter[]): void {
    this.#statement.get(...parameters);
  }
}

/** The database file: opened, checked, brought up to this version's schema. */
export class Database {
  readonly file: string;
  readonly #database: Connection;

  private constructor(file: string, database: Connection) {
    this.file = file;
    this.#database = database;
  }

  /**
   * Opens the ledger's file, creating it when there is none.
   * @throws StateDamaged when it is not a ledger, or one of a newer version
   */
  static open(file: string): Database {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const opened = new Database(file, connect(file, false));
    opened.#upgrade();
    return opened;
  }

  /** Opens an existing ledger for reading, beside a running courier or without one. */
  static read(file: string): Database {
    if (!existsSync(file))
      throw new StateDamaged(`${file} does not exist: has the courier run with this configuration?`);
    const opened = new Database(file, connect(file, true));
    if (opened.#version() !== VERSION) throw new StateDamaged(otherVersion(file, opened.#version()));
    return opened;
  }

  prepare<Row = never>(sql: string): Statement<Row> {
    return new Statement<Row>(this.#database, sql);
  }

  /**
   * Runs `work` in one transaction: all of it is saved when this returns, or none when it throws. A power cut, but nothing
   * less, may take the newest transactions back, as if they had not been heard of yet.
   */
  transaction<Result>(work: () => Result): Result {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** The same, and on disk: a power cut takes neither this transaction back nor any before it. */
  durably<Result>(work: () => Result): Result {
    this.#database.exec("PRAGMA synchronous = FULL");
    try {
      return this.transaction(work);
    } finally {
      this.#database.exec("PRAGMA synchronous = NORMAL");
    }
  }

  close(): void {
    this.#database.close();
  }

  #version(): number {
    return this.prepare<{ user_version: number }>("PRAGMA user_version").get()?.user_version ?? 0;
  }

  #has(condition: string): boolean {
    return this.prepare(`SELECT 1 FROM sqlite_schema WHERE ${condition} LIMIT 1`).get() !== undefined;
  }

  #upgrade(): void {
    const version = this.#version();
    if (version > VERSION) throw new StateDamaged(otherVersion(this.file, version));
    // Other programs, too, have numbered their schema.
    if (version === VERSION && this.#has("name = 'indicator'")) return;
    if (this.#has("true")) {
      throw new StateDamaged(`${this.file} is a database, but not a ledger. Move it away to begin with an empty one.`);
    }
    this.transaction(() => {
      this.#database.exec(SCHEMA);
      this.#database.exec(`PRAGMA user_version = ${VERSION}`);
    });
  }
}

function connect(file: string, readOnly: boolean): Connection {
  try {
    // Made before SQLite does: the files that it lays beside it take over its permissions.
    if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
    const database = new DatabaseSync(file, { readOnly, timeout: 5_000 });
    if (!readOnly) {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000");
    }
    database.exec("PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateDamaged(
      `${file} cannot be opened as a ledger (${reason}). Restore it from a backup, or move it away to begin with an empty one.`,
      { cause },
    );
  }
}

function otherVersion(file: string, version: number): string {
  return `${file} has schema version ${version}, this program knows ${VERSION}. Use the version of misp-courier that wrote it, or move the file away.`;
}
