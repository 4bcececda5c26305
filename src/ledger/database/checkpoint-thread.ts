import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "@photostructure/sqlite";
import { z } from "zod";

// A thread that copies from the write-ahead log into the database file whenever it is told to: `checkpoint` or `end`.
const { file } = z.object({ file: z.string() }).parse(workerData);
const database = new DatabaseSync(file);
// What the other connection writes meanwhile waits for the next time: passive means that nobody waits for it.
const checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");

parentPort?.on("message", (word) => {
  if (word === "end") end();
  else copy();
});

function copy(): void {
  try {
    checkpoint.get();
  } catch {
    // A disk that is full or damaged is told by whoever writes; the log keeps all that could not be copied.
  }
}

function end(): void {
  database.close();
  parentPort?.close();
}
