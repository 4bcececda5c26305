import type { BlindSpells } from "../../ledger/blind-spells.ts";
import type { Logger } from "../../log.ts";
import { MispError } from "../../misp/errors.ts";
import { LONGEST_TIMER } from "../../model/longest-timer.ts";
import type { Caught } from "./catch-up.ts";
import type { Progress } from "./options.ts";

export interface CatchUpLoopOptions {
  /** `since`, Unix seconds, reads everything again that changed since then. */
  catchUp: (progress: (progress: Progress) => void, since: number | undefined) => Promise<Caught>;
  spells: BlindSpells;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  /** Seconds between two catch-ups when nothing asks for one sooner. */
  every: number;
}

/** Catching up fails, `since` milliseconds; `refused`: MISP does not accept the key, or not for this. */
export interface CatchUpFailing {
  since: number;
  failures: number;
  error: string;
  refused: boolean;
}

/** After a failure, milliseconds. */
const RETRY = { first: 2_000, most: 120_000 };
/** How long after a catch-up what had not settled is looked at once more, milliseconds. */
const SETTLED = 4_000;
/** How often progress is logged, milliseconds. */
const REPORT = 5_000;

/** Catches up, one at a time: when asked to, on a timer, and again after a failure. */
export class CatchUpLoop implements AsyncDisposable {
  readonly #options: CatchUpLoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  /** A catch-up that was asked for is to be followed by another one, for what had not settled yet. */
  #follow = false;
  /** How far back is to be read again with the next one; of several that were asked for, the farthest. */
  #since: number | undefined;
  #failures = 0;
  /** What MISP asked us to wait, milliseconds. */
  #wait: number | undefined;
  #reported = 0;
  #failing: CatchUpFailing | null = null;

  constructor(options: CatchUpLoopOptions) {
    this.#options = options;
  }

  /** Something may have been missed. One that is under way may have looked too early, so another one follows it. */
  request(since?: number): void {
    this.#since = earliest(this.#since, since);
    this.#follow = true;
    this.#start();
  }

  /** `null`: the last one went well, or none has ended yet. */
  get failing(): CatchUpFailing | null {
    return this.#failing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
  }

  #start(): void {
    if (this.#options.signal.aborted) return;
    this.#again = this.#running !== undefined;
    if (this.#again) return;
    clearTimeout(this.#timer);
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      await this.#once();
    } while (this.#again && this.#failures === 0 && !this.#options.signal.aborted);
    this.#running = undefined;
    if (!this.#options.signal.aborted) this.#timer = setTimeout(() => this.#start(), this.#pause());
  }

  async #once(): Promise<void> {
    const { catchUp, spells, log, signal, clock } = this.#options;
    const began = clock();
    const since = this.#since;
    this.#since = undefined;
    this.#reported = began;
    try {
      const caught = await catchUp((progress) => this.#report(progress), since);
      this.#failures = 0;
      this.#failing = null;
      this.#follow &&= caught.unsettled > 0;
      spells.repair(began, { ...caught }, clock());
      log.info("In step with MISP", { ...caught });
    } catch (error) {
      if (signal.aborted) return;
      this.#since = earliest(this.#since, since);
      this.#failures += 1;
      this.#wait = error instanceof MispError ? error.wait : undefined;
      this.#failing = {
        since: Math.min(this.#failing?.since ?? began, began),
        failures: this.#failures,
        error: error instanceof Error ? error.message : String(error),
        refused: error instanceof MispError && ["key", "forbidden"].includes(error.meaning),
      };
      log.warn("Catching up failed and will be tried again; nothing is removed because of it", { error });
    }
  }

  #pause(): number {
    if (this.#failures === 0) {
      const soon = this.#follow;
      this.#follow = false;
      return soon ? SETTLED : Math.min(this.#options.every * 1000, LONGEST_TIMER);
    }
    return Math.max(this.#wait ?? 0, Math.min(RETRY.most, RETRY.first * 2 ** (this.#failures - 1)));
  }

  #report(progress: Progress): void {
    const now = this.#options.clock();
    if (now - this.#reported < REPORT) return;
    this.#reported = now;
    this.#options.log.info("Catching up with MISP", { ...progress });
  }
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
