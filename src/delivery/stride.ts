import { Partly, TooSlow } from "../targets/target.ts";
import { mostAtOnce } from "./pace.ts";

/** After this many failures in a row an attempt is only a probe with a few items. */
const OPEN_AFTER = 3;
const PROBE = 10;
/** If a step took less than this share of its timeout, the next may have twice as many items. */
const QUICK = 1 / 4;

/**
 * How many items a step may have. A step that is not finished in time is tried again as a whole, and might never succeed. So the
 * next attempt has half as many items, and later ones more again if that goes quickly.
 */
export class Stride {
  readonly #longest: number;
  /** How long a step may take, milliseconds. */
  readonly #timeout: number;
  #items: number;
  /** How many the step had that was tried last. */
  #tried = 0;
  /** Only a part of the far side fails: a small probe might contain nothing but what that part cannot take. */
  #isPart = false;

  constructor(batch: number, rate: number | undefined, timeout: number) {
    this.#longest = mostAtOnce(batch, rate);
    this.#items = this.#longest;
    this.#timeout = timeout;
  }

  /** @param attempts that have failed since the last success */
  limit(attempts: number): number {
    return attempts >= OPEN_AFTER && !this.#isPart ? Math.min(PROBE, this.#items) : this.#items;
  }

  /** A step is about to be delivered. */
  tries(items: number): void {
    this.#tried = items;
  }

  /**
   * The step is delivered.
   * @param took milliseconds
   */
  works(took: number): void {
    const isFull = this.#tried >= this.#items;
    if (isFull && took < this.#timeout * QUICK) this.#items = Math.min(this.#longest, this.#items * 2);
  }

  /** Something failed, such as the step. */
  fails(error: unknown): void {
    this.#isPart = error instanceof Partly;
    if (error instanceof TooSlow && this.#tried > 1) this.#items = Math.ceil(this.#tried / 2);
  }
}
