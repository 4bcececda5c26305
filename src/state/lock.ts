import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { isBusy, StateDamaged, stateTrouble } from "./damaged.ts";
import { makeFolderSync } from "./make-folder.ts";
import { ownAsFolder } from "./own-as-folder.ts";

/** Another courier works on this state. */
export class StateInUse extends Error {
  override readonly name = "StateInUse";
}

/** A command that finds no courier running does its work itself: a courier that starts meanwhile waits for it, milliseconds. */
export const PATIENCE = 5_000;

/**
 * Takes the state directory for this process. It is a lock of the operating system on a file of its own, so that it ends
 * with the process however that ends.
 * @param patience how long to wait for another process to let go of it, milliseconds
 * @throws StateInUse when another process has it
 * @throws StateUnwritable when the directory cannot be made or written
 */
export function lockState(directory: string, patience = 0): Disposable {
  const file = join(directory, "lock");
  const database = openLock(directory, file, patience);
  try {
    // The page count is written, so that a folder that can only be read is found out here.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 1");
    ownAsFolder(file);
  } catch (cause) {
    database.close();
    throw refusal(directory, file, cause);
  }
  return { [Symbol.dispose]: () => database.close() };
}

function openLock(directory: string, file: string, timeout: number) {
  try {
    makeFolderSync(directory, 0o700);
    return new DatabaseSync(file, { timeout });
  } catch (cause) {
    throw stateTrouble(directory, cause);
  }
}

function refusal(directory: string, file: string, cause: unknown): unknown {
  if (isBusy(cause)) {
    return new StateInUse(
      `${directory} is in use by another misp-courier (${file} is locked). Stop that one first, or name another folder with "state:".`,
      { cause },
    );
  }
  const trouble = stateTrouble(directory, cause);
  return trouble instanceof StateDamaged
    ? new StateDamaged(`${file} is damaged. Remove it: it holds nothing.`)
    : trouble;
}
