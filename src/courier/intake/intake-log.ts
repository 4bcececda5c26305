import type { Logger } from "../../log.ts";
import type { Unreadable } from "../../model/notice.ts";
import type { StateUnwritable } from "../../state/damaged.ts";

/** So many messages that cannot be read, and one failure of each kind to save, are told in so many milliseconds. */
const TOLD = { most: 10, within: 60_000 };

/** What goes wrong with intake, for the log: neither a publisher gone astray nor a disk that stays full must fill it. */
export class IntakeLog {
  readonly #log: Logger;
  readonly #clock: () => number;
  /** How many could not be read since then, milliseconds. */
  #skipped = { since: 0, count: 0 };
  /** When it was last told that what is skipped cannot be kept, milliseconds. */
  #unkept = 0;
  /** When it was last told that the ledger cannot be written, milliseconds; `undefined`: it can. */
  #complained: number | undefined;

  constructor(log: Logger, clock: () => number) {
    this.#log = log;
    this.#clock = clock;
  }

  skipped({ topic, reason }: Unreadable): void {
    const now = this.#clock();
    if (Math.abs(now - this.#skipped.since) >= TOLD.within) this.#skipped = { since: now, count: 0 };
    this.#skipped.count += 1;
    const { count } = this.#skipped;
    if (count <= TOLD.most) this.#log.warn("A message cannot be read and is skipped", { topic, reason });
    if (count === TOLD.most)
      this.#log.warn("More of them are only counted for a minute; `status` shows how many, and the newest");
  }

  unkept(topic: string, { message: reason }: StateUnwritable): void {
    const now = this.#clock();
    if (Math.abs(now - this.#unkept) < TOLD.within) return;
    this.#unkept = now;
    this.#log.error("A message that is skipped cannot be kept either", { topic, reason });
  }

  unwritable({ message: reason }: StateUnwritable): void {
    const now = this.#clock();
    if (this.#complained !== undefined && Math.abs(now - this.#complained) < TOLD.within) return;
    this.#complained = now;
    this.#log.error("The ledger cannot be written; the feed waits", { reason });
  }

  written(): void {
    if (this.#complained === undefined) return;
    this.#complained = undefined;
    this.#log.info("The ledger can be written again; the feed goes on");
  }
}
