import type { Unreadable } from "../model/notice.ts";
import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";

/** How many unreadable messages are kept for a person to look at. */
const KEPT = 100;

/** Messages that could not be read, the newest of them. */
export class UnreadableMessages {
  readonly #clock: () => number;
  readonly #put: Statement<never>;

  constructor(database: Database, clock: () => number) {
    this.#clock = clock;
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO unreadable (id, at, topic, reason, excerpt) VALUES (?, ?, ?, ?, ?)",
    );
  }

  /** Keeps one, in the place of the oldest once there are many. `count` is its number. */
  keep({ topic, reason, excerpt }: Unreadable, count: number): void {
    this.#put.run(count % KEPT, this.#clock(), topic, reason, excerpt);
  }
}
