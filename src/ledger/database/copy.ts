import { backup, DatabaseSync } from "@photostructure/sqlite";
import { stateTrouble } from "../../state/damaged.ts";

/**
 * Copies the ledger at `file` as it is at this moment, beside a running courier or without one.
 * @throws StateDamaged when it cannot be used
 * @throws StateUnwritable when there is no room, or SQLite cannot open what lies beside it
 */
export async function copyLedger(file: string, to: string): Promise<void> {
  try {
    await copy(file, to);
  } catch (error) {
    throw stateTrouble(file, error);
  }
}

async function copy(file: string, to: string): Promise<void> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    // In one go: a copy in pieces begins anew whenever the courier writes.
    await backup(database, to, { rate: -1 });
  } finally {
    database.close();
  }
}
