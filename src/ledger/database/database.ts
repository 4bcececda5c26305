import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { beginFile } from "../../state/begin-file.ts";
import { StateDamaged, StateMissing, StateUnreadable, stateTrouble } from "../../state/damaged.ts";
import { makeFolderSync } from "../../state/make-folder.ts";
import { Checkpoints } from "./checkpoints.ts";
import { SCHEMA } from "./schema.sql.ts";
import { type Connection, Statement } from "./statement.ts";
import { UPGRADES } from "./upgrades.sql.ts";

/** The tables of a ledger, and what leads from each former version to the next; the newest version is one more than that. */
export interface Shape {
  schema: string;
  upgrades: readonly string[];
}

/** Of so many pages, 64 MB, the write-ahead log is copied within a transaction, if no thread did so before. */
const LONGEST_LOG = 16_000;

/** Kept in memory, kilobytes: what is read again is in the system's own cache as well, where a bigger one here gained nothing. */
const PAGE_CACHE = 16_384;

const SHAPE: Shape = { schema: SCHEMA, upgrades: UPGRADES };

/** The database file: opened, checked, brought up to this version's schema. */
export class Database {
  readonly file: string;
  readonly #database: Connection;
  readonly #shape: Shape;
  readonly #checkpoints: Checkpoints;
  readonly #changed: Statement<{ rows: number }>;

  private constructor(file: string, database: Connection, shape: Shape) {
    this.file = file;
    this.#database = database;
    this.#shape = shape;
    this.#checkpoints = new Checkpoints(file);
    this.#changed = this.prepare("SELECT total_changes() AS rows");
  }

  /**
   * Opens the ledger's file, creating it when there is none, and brings one of an older version up to this.
   * @param durable survives a power cut
   * @throws StateDamaged when it is not a ledger, or one of a newer version
   * @throws StateUnwritable when the disk is full, or does not let us
   */
  static open(file: string, shape: Shape = SHAPE, durable = true): Database {
    const opened = new Database(file, connect(file, false), shape);
    try {
      opened.#upgrade();
      // A copy that is thrown away need not survive anything, nor wait for any disk.
      if (!durable) {
        opened.#database.exec("PRAGMA synchronous = OFF");
        opened.#checkpoints.end();
      }
    } catch (error) {
      opened.close();
      throw stateTrouble(file, error);
    }
    return opened;
  }

  /** Opens an existing ledger for reading, beside a running courier or without one. */
  static read(file: string): Database {
    return Database.#asItIs(file, true);
  }

  /** Opens that of a running courier for a word to it: one of an older version is nothing to change under its hands. */
  static beside(file: string): Database {
    return Database.#asItIs(file, false);
  }

  static #asItIs(file: string, readOnly: boolean): Database {
    demandLedger(file);
    const opened = new Database(file, connect(file, readOnly), SHAPE);
    const version = opened.#version();
    if (version === opened.#newest) return opened;
    opened.close();
    throw new StateDamaged(
      version > 0 && version < opened.#newest ? olderVersion(file) : opened.#otherVersion(version),
    );
  }

  prepare<Row = never>(sql: string): Statement<Row> {
    return new Statement<Row>(this.#database, this.file, sql);
  }

  /**
   * Runs `work` in one transaction: all of it is saved when this returns, or none when it throws. A power cut, but nothing
   * less, may take the newest transactions back, as if they had not been heard of yet.
   */
  transaction<Result>(work: () => Result): Result {
    const result = this.#inOne(work);
    this.#checkpoints.saved(this.#changed.get()?.rows ?? 0);
    return result;
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
    this.#checkpoints.end();
  }

  #inOne<Result>(work: () => Result): Result {
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw stateTrouble(this.file, error);
    }
  }

  get #newest(): number {
    return this.#shape.upgrades.length + 1;
  }

  #version(): number {
    return this.prepare<{ user_version: number }>("PRAGMA user_version").get()?.user_version ?? 0;
  }

  #has(condition: string): boolean {
    return this.prepare(`SELECT 1 FROM sqlite_schema WHERE ${condition} LIMIT 1`).get() !== undefined;
  }

  #upgrade(): void {
    const version = this.#version();
    if (version > this.#newest) throw new StateDamaged(this.#otherVersion(version));
    // Other programs, too, have numbered their schema.
    const isLedger = version > 0 && this.#has("name = 'indicator'");
    if (isLedger && version === this.#newest) return;
    if (!isLedger && this.#has("true")) {
      throw new StateDamaged(`${this.file} is a database, but not a ledger. Move it away to begin with an empty one.`);
    }
    this.transaction(() => {
      for (const step of isLedger ? this.#shape.upgrades.slice(version - 1) : [this.#shape.schema]) {
        this.#database.exec(step);
      }
      this.#database.exec(`PRAGMA user_version = ${this.#newest}`);
    });
  }

  #otherVersion(version: number): string {
    return `${this.file} has schema version ${version}, this program knows ${this.#newest}. Use the version of misp-courier that wrote it, or move the file away.`;
  }
}

/**
 * For what only makes sense on the state of a courier that has run, before anything is created in its place.
 * @throws StateMissing when there is no file
 * @throws StateUnreadable when it is not for this user
 */
export function demandLedger(file: string): void {
  try {
    // Not opened: closing it would let go of the locks that SQLite may have on it in this process.
    accessSync(file, constants.R_OK);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw new StateUnreadable(file, cause);
    throw new StateMissing(`${file} does not exist: has the courier run with this configuration?`, { cause });
  }
}

function connect(file: string, readOnly: boolean): Connection {
  if (existsSync(file) && statSync(file).isDirectory()) {
    throw new StateDamaged(
      `${file} is a folder and cannot be opened as a ledger. Move it away to begin with an empty one.`,
    );
  }
  try {
    if (!readOnly) makeFolderSync(dirname(file), 0o700);
    beginFile(file);
    const database = new DatabaseSync(file, { readOnly, timeout: 5_000 });
    if (!readOnly) {
      database.exec(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${LONGEST_LOG}`,
      );
    }
    database.exec(`PRAGMA cache_size = -${PAGE_CACHE}; PRAGMA temp_store = MEMORY`);
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (cause) {
    throw stateTrouble(file, cause);
  }
}

function olderVersion(file: string): string {
  return `${file} is of an older version of misp-courier. Start the courier, anew where an older one runs, which brings it up to date.`;
}
