import { Worker } from "node:worker_threads";

/** After so many changed rows, what is in the write-ahead log is copied: some 1,000 to 10,000 pages. */
const ROWS = 5_000;
/** Enough memory for a thread that does nothing else, megabytes. */
const MEMORY = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };

/**
 * Copies from the write-ahead log into the database file in a thread of its own, since that waits for the disk. The thread
 * begins with the first flood. Where it cannot, or has ended, the log grows until SQLite copies it within a transaction.
 */
export class Checkpoints {
  readonly #file: string;
  #thread: Worker | undefined;
  #ended = false;
  #rows = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param rows how many this connection has changed since it was opened */
  saved(rows: number): void {
    if (rows - this.#rows < ROWS || this.#ended) return;
    this.#rows = rows;
    this.#thread ??= this.#begin();
    this.#thread.postMessage("checkpoint");
  }

  /** The thread copies what is left, and the last to close the file removes the log; the process waits for that. */
  end(): void {
    this.#thread?.ref();
    this.#thread?.postMessage("end");
    this.#thread = undefined;
    this.#ended = true;
  }

  #begin(): Worker {
    const thread = new Worker(new URL("./checkpoint-thread.js", import.meta.url), {
      workerData: { file: this.#file },
      resourceLimits: MEMORY,
      // Options that the process was started with need not suit a thread.
      execArgv: [],
    });
    thread.on("error", () => (this.#ended = true));
    // Should the process end without a word to it, the next start finds in the log what was not copied.
    thread.unref();
    return thread;
  }
}
