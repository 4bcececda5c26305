import type { Audits } from "../delivery/audits.ts";
import type { Dispatcher } from "../delivery/dispatcher.ts";

/** What is asked for before the first delivery of all. */
type Asked = "MISP" | "warninglists";

export interface OpeningOptions {
  /** The ledger has never been in step with MISP. */
  isFirst: boolean;
  dispatcher: Pick<Dispatcher, "hold" | "start">;
  audits: Pick<Audits, "start">;
}

/**
 * When deliveries begin: at once, but for the very first time. Then MISP is asked first, once, for all that it holds, sightings come
 * last, and for its warninglists: what was called false long ago, or is blocked, must not go out for a moment. A MISP that
 * cannot answer keeps nobody waiting.
 */
export class Opening {
  readonly #options: OpeningOptions;
  readonly #awaited: Set<Asked>;
  #begun = false;

  constructor(options: OpeningOptions) {
    this.#options = options;
    this.#awaited = new Set(options.isFirst ? ["MISP", "warninglists"] : []);
    if (options.isFirst) options.dispatcher.hold();
  }

  /** Whether deliveries have begun. */
  get isOver(): boolean {
    return this.#begun && this.#awaited.size === 0;
  }

  /** Everything is open. */
  begin(): void {
    this.#begun = true;
    if (this.isOver) this.#start();
  }

  /** It was asked for, and told as far as MISP could. */
  known(asked: Asked): void {
    if (this.#awaited.delete(asked) && this.isOver) this.#start();
  }

  #start(): void {
    this.#options.dispatcher.start();
    this.#options.audits.start();
  }
}
