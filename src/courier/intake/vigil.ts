import type { BlindSpells } from "../../ledger/blind-spells.ts";
import type { Logger } from "../../log.ts";
import type { LineEvent } from "../../misp/feed.ts";
import type { Notice } from "../../model/notice.ts";
import { StateUnwritable } from "../../state/damaged.ts";

export interface VigilOptions {
  spells: BlindSpells;
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
  /** Milliseconds of a clock that nobody sets; the system's own unless set. */
  steady?: (() => number) | undefined;
  /** Something may have been missed. */
  missed: () => void;
  /** When something was last heard before this start, milliseconds. */
  lastHeard: number | undefined;
  /** What is listened to, for the log; MISP's feed unless set. */
  name?: string | undefined;
  /** Whether it speaks even when there is nothing to tell, so that silence means something; true unless set. */
  speaksWhenIdle?: boolean | undefined;
}

const FEED = "MISP's feed";
const REFUSED = "login refused";
const UNHEARD = "not heard since the start";
/** Before a start; a reload of the configuration is one, too. */
const AWAY = "the courier was not listening";
/** MISP's publisher speaks after ten seconds without any message; three of its silences are no coincidence. */
const SILENCE = 30_000;
const TICK = 1_000;
/** Whoever stood still for so long, milliseconds, may have missed something: a publisher drops what nobody takes in time. */
const STANDSTILL = 10_000;
/** How many remarks wait at the most for a ledger that cannot be written. */
const MOST_WAITING = 1_000;

/** Notices when the feed cannot be heard, or may have lost something; records it, and asks for a catch-up once it is over. */
export class Vigil implements Disposable {
  readonly #options: VigilOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #steady: () => number;
  #lastFrame: number;
  #lastLook: number;
  #uptime = 0;
  #blind = true;
  /** What is to be put on record, in its order. */
  readonly #unrecorded: (() => void)[] = [];
  #spell: { since: number; cause: string };

  constructor(options: VigilOptions) {
    this.#options = options;
    this.#lastFrame = options.clock();
    this.#steady = options.steady ?? (() => performance.now());
    this.#lastLook = this.#steady();
    const { lastHeard } = options;
    this.#spell = { since: this.#lastFrame, cause: lastHeard === undefined ? UNHEARD : AWAY };
    this.#begin({ ...this.#spell, since: Math.min(lastHeard ?? this.#lastFrame, this.#lastFrame) });
    this.#timer = setInterval(() => this.#look(), TICK);
  }

  /** Since when, milliseconds, and why the feed cannot be heard; `null`: it can. */
  get blindSince(): { since: number; cause: string } | null {
    return this.#blind ? this.#spell : null;
  }

  line({ kind, at }: LineEvent): void {
    this.#lastFrame = at;
    if (kind === "connected") this.#sees(at);
    else this.#goesBlind(at, kind === "refused" ? REFUSED : "disconnected");
  }

  /** Messages came in. `overrun`: so many waited before them that the socket may have dropped some. */
  heard(notices: readonly Notice[], overrun: boolean): void {
    const before = this.#lastFrame;
    this.#lastFrame = this.#options.clock();
    if (overrun) this.#goesBlind(before, "overrun");
    for (const notice of notices) {
      if (notice.kind !== "alive") continue;
      if (notice.uptime < this.#uptime) this.#goesBlind(before, "publisher restarted");
      this.#uptime = notice.uptime;
    }
    if (this.#blind) this.#sees(this.#lastFrame);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#catchUpRecord();
    const now = this.#options.clock();
    // Of a clock that was set back.
    this.#lastFrame = Math.min(this.#lastFrame, now);
    this.#spell.since = Math.min(this.#spell.since, now);
    if (this.#options.speaksWhenIdle === false) return;
    const sinceLook = this.#steady() - this.#lastLook;
    this.#lastLook += sinceLook;
    if (now - this.#lastFrame > SILENCE) this.#hearsNothing();
    else if (sinceLook > STANDSTILL && !this.#blind) this.#stoodStill(now - sinceLook, now);
  }

  #hearsNothing(): void {
    if (!this.#blind) this.#goesBlind(this.#lastFrame, "silence");
    else if (this.#spell.cause === AWAY) this.#goesBlind(this.#lastFrame, UNHEARD);
  }

  /** The process or its machine was stopped, or had no time for us. */
  #stoodStill(since: number, until: number): void {
    this.#goesBlind(since, "the courier stood still");
    this.#sees(until);
  }

  #goesBlind(since: number, cause: string): void {
    const { spells, log, missed, name = FEED } = this.#options;
    // Of what began otherwise and goes on, this is the reason.
    const explains = cause === REFUSED || cause === UNHEARD;
    if (!this.#blind || (explains && this.#spell.cause !== cause)) {
      log.warn(`${name} cannot be heard, or lost something`, { cause });
      this.#spell = { since, cause };
      this.#record(() => spells.end(since));
      this.#begin(this.#spell);
    }
    this.#blind = true;
    // Silence may last, and REST may well be there.
    if (cause === "silence") missed();
  }

  #sees(at: number): void {
    const { spells, log, missed, name = FEED } = this.#options;
    if (this.#blind) log.info(`${name} is heard`);
    this.#blind = false;
    this.#record(() => spells.end(at));
    missed();
  }

  #begin({ since, cause }: { since: number; cause: string }): void {
    this.#record(() => this.#options.spells.begin(since, cause));
  }

  #record(remark: () => void): void {
    if (this.#unrecorded.length < MOST_WAITING) this.#unrecorded.push(remark);
    this.#catchUpRecord();
  }

  /** A disk that is full delays the record, and nothing else. */
  #catchUpRecord(): void {
    try {
      for (let remark = this.#unrecorded[0]; remark; remark = this.#unrecorded[0]) {
        remark();
        this.#unrecorded.shift();
      }
    } catch (error) {
      if (!(error instanceof StateUnwritable)) throw error;
    }
  }
}
