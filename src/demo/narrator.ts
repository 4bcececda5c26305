import type { Observer } from "../courier/courier.ts";
import type { Step } from "../ledger/delta/step.ts";
import type { Notice } from "../model/notice.ts";
import { HeardTimes } from "./heard-times.ts";
import type { Show } from "./line.ts";
import { Memory } from "./memory.ts";
import { FILES } from "./premises.ts";
import { sentencesOf } from "./sentences.ts";
import { Standings } from "./standings.ts";
import { Waiting } from "./waiting.ts";
import { type Figures, Written } from "./written.ts";

/** How often the ledger is asked what became of what was heard, milliseconds. */
const LOOK = 150;
/** What MISP says of one event within this time is told as one, milliseconds. */
const GATHER = 30;

export interface NarratorOptions {
  /** The courier's ledger. */
  ledger: string;
  /** Milliseconds. */
  clock: () => number;
  show: Show;
}

/** Watches a courier and says what it hears, decides and writes. */
export class Narrator implements Observer, Disposable {
  readonly #clock: () => number;
  readonly #show: Show;
  readonly #memory = new Memory();
  readonly #times = new HeardTimes();
  readonly #standings: Standings;
  readonly #waiting: Waiting;
  readonly #written: Written;
  readonly #looking: NodeJS.Timeout;
  readonly #fresh: { notice: Notice; at: number }[] = [];
  #gathering: NodeJS.Timeout | undefined;

  constructor({ ledger, clock, show }: NarratorOptions) {
    this.#clock = clock;
    this.#show = show;
    this.#standings = new Standings(ledger);
    this.#waiting = new Waiting(this.#memory, this.#standings, show);
    this.#written = new Written(this.#times, this.#standings, show);
    this.#looking = setInterval(() => this.#waiting.look(), LOOK);
  }

  heard(notices: readonly Notice[]): void {
    const at = this.#clock();
    this.#fresh.push(...notices.map((notice) => ({ notice, at })));
    this.#gathering ??= setTimeout(() => this.#tellHeard(), GATHER);
  }

  delivered(target: string, step: Step): void {
    if (target !== FILES) return;
    const now = this.#clock();
    // Cause before effect.
    this.#tellHeard();
    this.#written.tell(step, now);
  }

  /** Whether a list holds a value. */
  holds(value: string): boolean {
    return this.#written.holds(value);
  }

  get figures(): Figures {
    return this.#written.figures;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking);
    clearTimeout(this.#gathering);
    this.#standings[Symbol.dispose]();
  }

  #tellHeard(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const fresh = this.#fresh.splice(0);
    const notices = fresh.map(({ notice }) => notice);
    for (const text of sentencesOf(notices, this.#memory)) this.#show({ kind: "heard", text });
    for (const { notice, at } of fresh) {
      this.#times.note(notice, this.#memory, at);
      this.#waiting.notice(notice);
      this.#memory.remember(notice);
    }
  }
}
