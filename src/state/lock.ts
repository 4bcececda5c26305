import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

/** Another courier works on this state. */
export class StateInUse extends Error {
  override readonly name = "StateInUse";
}

/**
 * Takes the state directory for this process. It is a lock of the operating system on a file of its own, so that it ends
 * with the process however that ends.
 * @throws StateInUse when another process has it
 */
export function lockState(directory: string): Disposable {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, "lock");
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    throw new StateInUse(`${directory} is in use by another misp-courier (${file} is locked)`, { cause });
  }
  return { [Symbol.dispose]: () => database.close() };
}
