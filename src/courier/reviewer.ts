import { setImmediate as nextTurn } from "node:timers/promises";
import type { Ledger } from "../ledger/ledger.ts";
import type { Question } from "../ledger/questions.ts";
import type { Logger } from "../log.ts";

/** How often the clock is looked at, milliseconds: TTLs are counted in seconds. */
const TICK = 1_000;

export interface ReviewerOptions {
  ledger: Ledger;
  log: Logger;
  /** Something was judged again. */
  judged: () => void;
  /** For the moment nothing waits to be judged again. */
  rested?: () => void;
  /** What only REST can answer came up. */
  asks: (questions: readonly Question[]) => void;
}

/** Has the ledger judge again what asks for it, in slices between which everything else goes on. */
export class Reviewer implements Disposable {
  readonly #options: ReviewerOptions;
  readonly #timer: NodeJS.Timeout;
  #running = false;
  #stopped = false;

  constructor(options: ReviewerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.wake(), TICK);
  }

  /** There may be something to judge again. */
  wake(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    void this.#review();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async #review(): Promise<void> {
    let any = false;
    try {
      while (!this.#stopped) {
        const { judged, more, questions } = this.#options.ledger.review();
        this.#options.asks(questions);
        // Even the last slice, of which nothing was left to judge, may end what others wait for.
        if (judged > 0 || (!more && any)) this.#options.judged();
        any ||= judged > 0;
        if (!more) {
          this.#options.rested?.();
          break;
        }
        await nextTurn();
      }
    } catch (error) {
      // Nothing is forgotten: what was to be judged is still marked, and the next tick comes back to it.
      this.#options.log.error("The ledger cannot be reviewed", { error });
    } finally {
      this.#running = false;
    }
  }
}
