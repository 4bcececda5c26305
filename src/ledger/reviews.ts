import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";

/** Stands for the whole ledger where otherwise an event's number stands. */
export const EVERYTHING = 0;

/** What is to be judged again, a slice at a time: saved with what made it necessary, so that a crash forgets none of it. */
export class Reviews {
  readonly #start: Statement<never>;
  readonly #next: Statement<{ event: number; after: number }>;
  readonly #get: Statement<{ event: number }>;
  readonly #advance: Statement<never>;
  readonly #finish: Statement<never>;

  constructor(database: Database) {
    this.#start = database.prepare("INSERT OR REPLACE INTO review (event, after) VALUES (?, 0)");
    // Single events first: somebody waits for them.
    this.#next = database.prepare("SELECT event, after FROM review ORDER BY event DESC LIMIT 1");
    this.#get = database.prepare("SELECT event FROM review WHERE event = ?");
    this.#advance = database.prepare("UPDATE review SET after = ? WHERE event = ?");
    this.#finish = database.prepare("DELETE FROM review WHERE event = ?");
  }

  /** All attributes of an event, or {@link EVERYTHING}, are to be judged again. */
  start(event: number): void {
    this.#start.run(event);
  }

  has(event: number): boolean {
    return this.#get.get(event) !== undefined;
  }

  next(): { event: number; after: number } | undefined {
    return this.#next.get();
  }

  advance(event: number, after: number): void {
    this.#advance.run(after, event);
  }

  finish(event: number): void {
    this.#finish.run(event);
  }
}
