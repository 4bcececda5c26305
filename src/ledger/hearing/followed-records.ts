import type { Tables } from "../tables.ts";
import { forgetUntold } from "./hear-records.ts";

/** What other couriers told of, and the topic no longer has. */
export class FollowedRecords {
  readonly #tables: Tables;
  readonly #clock: () => number;
  readonly #transaction: (work: () => void) => void;

  /** @param transaction does something, all or nothing */
  constructor(tables: Tables, clock: () => number, transaction: (work: () => void) => void) {
    this.#tables = tables;
    this.#clock = clock;
    this.#transaction = transaction;
  }

  /** The highest number of any attribute. */
  get last(): number {
    return this.#tables.attributes.last();
  }

  /** Forgets what stands under numbers after one and up to another and was not told of in this reading. */
  forgetUntold(reading: number, after: number, through: number): void {
    this.#transaction(() => {
      forgetUntold(this.#tables, reading, after, through);
      this.#tables.judging.conclude(this.#clock());
    });
  }
}
