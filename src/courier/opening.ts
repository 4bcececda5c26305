import type { Audits } from "../delivery/audits.ts";
import type { Dispatcher } from "../delivery/dispatcher.ts";

/** What is asked for before the first delivery of all. */
type Asked = "MISP" | "warninglists";

export interface OpeningOptions {
  /** The ledger has never been in step with MISP. */
  isFirst: boolean;
  /** Something waits to be judged again. */
  isReviewing: () => boolean;
  dispatcher: Pick<Dispatcher, "hold" | "start">;
  audits: Pick<Audits, "start">;
}

/**
 * When deliveries begin: at once, but for the very first time. Then MISP is asked first, once, for all that it holds, sightings come
 * last, and for its warninglists, and all is judged by what they say: what was called false long ago, or is blocked, must not go out
 * for a moment. A MISP that cannot answer keeps nobody waiting.
 */
export class Opening {
  readonly #options: OpeningOptions;
  readonly #awaited: Set<Asked>;
  #begun = false;
  #isOver = false;

  constructor(options: OpeningOptions) {
    this.#options = options;
    this.#awaited = new Set(options.isFirst ? ["MISP", "warninglists"] : []);
    if (options.isFirst) options.dispatcher.hold();
  }

  /** Whether deliveries have begun. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Everything is open. */
  begin(): void {
    this.#begun = true;
    this.#start();
  }

  /** It was asked for, and told as far as MISP could. */
  known(asked: Asked): void {
    this.#awaited.delete(asked);
    this.#start();
  }

  /** For the moment nothing waits to be judged again. */
  judged(): void {
    this.#start();
  }

  #start(): void {
    const { isFirst, isReviewing, dispatcher, audits } = this.#options;
    if (this.#isOver || !this.#begun || this.#awaited.size > 0 || (isFirst && isReviewing())) return;
    this.#isOver = true;
    dispatcher.start();
    audits.start();
  }
}
