import type { Lane } from "./lane.ts";

/**
 * How long stopping may take, milliseconds: what is not delivered by then is delivered after the next start. Docker kills
 * after ten seconds unless told otherwise.
 */
const DEADLINE = 5_000;

/** All lanes. Each change of the ledger wakes them, and none waits for another. */
export class Dispatcher implements AsyncDisposable {
  readonly #lanes: readonly Lane[];
  #held = false;

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
  }

  /** Delivers nothing until `start`, not even when closing: what the ledger knows so far is incomplete. */
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

  /** Tries a target (all of them, without a name) at once, whatever it was waiting for. */
  retry(target: string | undefined): void {
    if (this.#held) return;
    for (const lane of this.#lanes) if (target === undefined || lane.name === target) lane.retryNow();
  }

  /** Delivers what there is and closes the targets, each within a deadline of its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop(DEADLINE, !this.#held)));
  }
}
