import type { Audits } from "../delivery/audits.ts";
import type { Dispatcher } from "../delivery/dispatcher.ts";
import { type Meaning, MispError } from "../misp/errors.ts";

/** What is asked for before the first delivery of all. */
type Asked = "MISP" | "warninglists";

/** Of a MISP that may answer soon. */
const PASSING: ReadonlySet<Meaning> = new Set(["unreachable", "busy", "garbled"]);
/** So often in a row MISP may fail after it told half of what it holds before that half goes out, and so long it may ask to wait, milliseconds. */
const PATIENCE = { failures: 3, wait: 60_000 };

export interface OpeningOptions {
  /** Nothing was ever delivered by a ledger in step with MISP, or not since it was restored from a backup. */
  isFirst: boolean;
  /** Something waits to be judged again. */
  isReviewing: () => boolean;
  dispatcher: Pick<Dispatcher, "hold" | "start">;
  audits: Pick<Audits, "start">;
  /** All was asked for that is, and deliveries have begun. */
  opened: () => void;
}

/**
 * When deliveries begin: at once, but for the very first time, and the first one after a restore. Then MISP is asked first, once, for
 * all that it holds, sightings come last, and for its warninglists, and all is judged by what they say: what was called false long
 * ago, or is blocked, must not go out for a moment. A MISP that cannot answer keeps nobody waiting; once it can, what it has to tell is waited for after all, through a
 * failure or two in the middle of it.
 */
export class Opening {
  readonly #options: OpeningOptions;
  readonly #awaited: Set<Asked>;
  /** MISP could not be asked for it so far. */
  readonly #postponed = new Set<Asked>();
  /** MISP has told some of what it holds, and how often in a row it failed before the end of that. */
  #isTelling = false;
  #failures = 0;
  #begun = false;
  #isInStep = false;
  #isOver = false;
  #audited = false;

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
    this.#isInStep ||= asked === "MISP";
    this.#postponed.delete(asked);
    this.#awaited.delete(asked);
    this.#start();
  }

  /** It could not be asked for. */
  failed(asked: Asked, error: unknown): void {
    if (asked === "MISP" && this.#isWorthWaiting(error)) return;
    const passes = error instanceof MispError && (asked === "MISP" || PASSING.has(error.meaning));
    const wasAwaited = this.#awaited.delete(asked);
    if (!passes) this.#postponed.delete(asked);
    else if (wasAwaited) this.#postponed.add(asked);
    this.#start();
  }

  /** MISP begins to tell what it holds: nothing of that goes out before all is told that could not be asked for. */
  told(): void {
    this.#isTelling = true;
    if (this.#isInStep || this.#postponed.size === 0) return;
    for (const asked of this.#postponed) this.#awaited.add(asked);
    this.#postponed.clear();
    this.#isOver = false;
    this.#options.dispatcher.hold();
  }

  /** For the moment nothing waits to be judged again. */
  judged(): void {
    this.#start();
  }

  /** Half of what MISP holds is told, and the rest may well come soon. */
  #isWorthWaiting(error: unknown): boolean {
    if (!this.#isTelling) return false;
    this.#failures += 1;
    const { wait = 0 } = error instanceof MispError ? error : {};
    return this.#failures < PATIENCE.failures && wait <= PATIENCE.wait;
  }

  #start(): void {
    const { isFirst, isReviewing, dispatcher, audits, opened } = this.#options;
    if (this.#isOver || !this.#begun || this.#awaited.size > 0 || (isFirst && isReviewing())) return;
    this.#isOver = true;
    dispatcher.start();
    if (!this.#audited) audits.start();
    this.#audited = true;
    if (isFirst && this.#postponed.size === 0) opened();
  }
}
