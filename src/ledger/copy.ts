import { backup, DatabaseSync } from "@photostructure/sqlite";

/** Copies the ledger at `file` as it is at this moment, beside a running courier or without one. */
export async function copyLedger(file: string, to: string): Promise<void> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    // In one go: a copy in pieces begins anew whenever the courier writes.
    await backup(database, to, { rate: -1 });
  } finally {
    database.close();
  }
}
