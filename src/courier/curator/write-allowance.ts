import { setTimeout as pause } from "node:timers/promises";

export interface WriteAllowanceOptions {
  /** Most writes in a minute, and to one event in an hour. */
  perMinute: number;
  perEvent: number;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Bounds what is written to MISP, whatever goes wrong: rules at odds with each other must not write for ever. */
export class WriteAllowance {
  readonly #options: WriteAllowanceOptions;
  /** Of the last hour, the oldest first. */
  readonly #writes: { at: number; event: string }[] = [];
  readonly #ofEvent = new Map<string, number>();

  constructor(options: WriteAllowanceOptions) {
    this.#options = options;
  }

  /** How many more writes an event may have now. */
  left(event: string): number {
    this.#forget(this.#options.clock());
    return this.#options.perEvent - (this.#ofEvent.get(event) ?? 0);
  }

  /** Takes one write for an event; waits until it fits into the last minute. @throws AbortError when the courier stops */
  async take(event: string): Promise<void> {
    const { clock, perMinute, signal } = this.#options;
    for (;;) {
      const now = clock();
      this.#forget(now);
      const before = this.#writes.at(-perMinute)?.at;
      const wait = before === undefined ? 0 : before + MINUTE - now;
      if (wait <= 0) break;
      await pause(wait, undefined, { signal });
    }
    this.#writes.push({ at: clock(), event });
    this.#ofEvent.set(event, (this.#ofEvent.get(event) ?? 0) + 1);
  }

  #forget(now: number): void {
    // By a clock that was ahead: they would count until it had come to that time again.
    for (const write of this.#writes) write.at = Math.min(write.at, now);
    for (let oldest = this.#writes[0]; oldest && oldest.at <= now - HOUR; oldest = this.#writes[0]) {
      this.#writes.shift();
      const left = (this.#ofEvent.get(oldest.event) ?? 1) - 1;
      if (left === 0) this.#ofEvent.delete(oldest.event);
      else this.#ofEvent.set(oldest.event, left);
    }
  }
}
