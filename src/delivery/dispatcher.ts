import type { Lane } from "./lane.ts";

/**
 * How long stopping may take, milliseconds: what is not delivered by then is delivered after the next start. Docker kills
 * after ten seconds unless told otherwise.
 */
const DEADLINE = 5_000;

/** All the lanes: each change wakes them, and none of them waits for another. */
export class Dispatcher implements AsyncDisposable {
  readonly #lanes: readonly Lane[];
  #held = false;

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
  }

  /** Nothing is delivered before the start, not even at the end: what is known is only half of it. */
  hold(): void {
    this.#held = true;
  }

  start(): void {
    this.#held = false;
    for (const lane of this.#lanes) lane.start();
  }

  /** The ledger has changed. */
  wake(): void {
    if (!this.#held) for (const lane of this.#lanes) lane.wake();
  }

  /** Tries a target (all of them, without a name) at once, however long it was to be left alone. */
  retry(target: string | undefined): void {
    if (this.#held) return;
    for (const lane of this.#lanes) if (target === undefined || lane.name === target) lane.retryNow();
  }

  /** Delivers what there is and closes the targets, each within a deadline of its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop(DEADLINE, !this.#held)));
  }
}
