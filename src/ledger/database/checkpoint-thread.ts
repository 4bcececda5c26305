import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "@photostructure/sqlite";
import { z } from "zod";

// A thread that copies from the write-ahead log into the database file whenever it is told to: `checkpoint` or `end`.
const { file } = z.object({ file: z.string() }).parse(workerData);
const database = new DatabaseSync(file);

parentPort?.on("message", (word) => {
  if (word === "end") end();
  else copy();
});

function copy(): void {
  try {
    // Passive: nobody waits for it, and what the other connection writes meanwhile is copied the next time. A statement with an
    // answer would abort a process that ends while this is under way, as the driver cannot hand it over any more.
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch {
    // A disk that is full or damaged is told by whoever writes; the log keeps all that could not be copied.
  }
}

function end(): void {
  database.close();
  parentPort?.close();
}
