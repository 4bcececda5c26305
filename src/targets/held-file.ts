import { dirname } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { beginFile } from "../state/begin-file.ts";
import { StateDamaged } from "../state/damaged.ts";
import { makeFolderSync } from "../state/make-folder.ts";
import { ownAsFolder } from "../state/own-as-folder.ts";
import { NotNow } from "./target.ts";

export type HeldFile = InstanceType<typeof DatabaseSync>;

/** How long a write waits for another program that has the file, milliseconds: everything else waits with it. */
const PATIENCE = 100;

/**
 * Opens the file in which a target whose far side is the courier itself keeps what it holds, creating it when there is none.
 * @throws StateDamaged when the file is none
 */
export function openHeldFile(file: string, schema: string): HeldFile {
  beginHeldFile(file);
  // FULL: what the ledger says is held must not be forgotten in a power cut.
  return connectHeldFile(file, false, `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema}`);
}

/** Makes such a file with its folder, where they are not there: both belong to whom the state does. */
export function beginHeldFile(file: string): void {
  const folder = dirname(file);
  makeFolderSync(folder, 0o700);
  ownAsFolder(folder);
  beginFile(file);
}

/**
 * Opens such a file as it stands.
 * @param settings statements that come first
 * @throws StateDamaged when the file is none
 */
export function connectHeldFile(file: string, readOnly: boolean, settings: string): HeldFile {
  try {
    const database = new DatabaseSync(file, { readOnly, timeout: PATIENCE });
    database.exec(settings);
    return database;
  } catch (cause) {
    throw new StateDamaged(
      `${file} cannot be opened (${reasonOf(cause)}). Move it away, and have the target filled again with drift --repair.`,
      { cause },
    );
  }
}

/**
 * Makes changes, all or nothing.
 * @throws NotNow when the file cannot be written
 */
export function changeHeldFile<Result>(file: string, database: HeldFile, change: () => Result): Result {
  try {
    database.exec("BEGIN IMMEDIATE");
    const result = change();
    database.exec("COMMIT");
    return result;
  } catch (cause) {
    if (database.isTransaction) database.exec("ROLLBACK");
    if (!(cause instanceof Error && "sqliteCode" in cause)) throw cause;
    throw new NotNow(`${file} cannot be written: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
