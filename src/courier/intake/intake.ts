import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { HEARD, HEARD_AT, UNREADABLE } from "../../ledger/facts.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Question } from "../../ledger/questions.ts";
import type { Logger } from "../../log.ts";
import { decode, isOfAttribute, isUnreadable } from "../../misp/messages.ts";
import type { Notice, Unreadable } from "../../model/notice.ts";
import { StateDamaged, StateUnwritable } from "../../state/damaged.ts";
import { IntakeLog } from "./intake-log.ts";

export interface IntakeOptions {
  ledger: Ledger;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  /** When the next slice of what was heard may be saved: something more urgent may be under way. */
  turn?: () => Promise<void>;
  /** How many messages of a flood one transaction takes; 500 unless set. */
  slice?: number;
  /** Something was saved. */
  saved: (notices: readonly Notice[]) => void;
  /** What only REST can answer came up. */
  asks: (questions: readonly Question[]) => void;
}

/** When REST was asked, if it is an answer, and what to save with it. */
interface Told {
  asked?: number;
  facts?: Record<string, string>;
}

/** How many answers, and how many messages, one transaction takes. */
const SLICE = { answered: 500, heard: 50 };
/** So many messages that wait are a flood. */
const FLOOD = 500;
/** Fewer messages at once are no burst. */
const FEW = 10;
/** How long a burst takes to arrive, milliseconds. */
const BURST = 4;
/** How long to wait before a ledger that cannot be written is tried again, milliseconds. */
const DISK_WAIT = 1_000;

/** Takes what was told into the ledger. What cannot be read is kept and skipped; what cannot be saved now is not let go. */
export class Intake {
  readonly #options: IntakeOptions;
  #heard: number;
  #unreadable: number;
  #saved: Promise<void> = Promise.resolve();
  readonly #questions: Question[] = [];
  /** How many messages have been heard and not been saved. */
  #waiting = 0;
  readonly #log: IntakeLog;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#log = new IntakeLog(options.log, options.clock);
    this.#heard = Number(options.ledger.fact(HEARD) ?? 0);
    this.#unreadable = Number(options.ledger.fact(UNREADABLE) ?? 0);
  }

  /** When the feed was last heard, milliseconds; `undefined`: never. */
  get lastHeard(): number | undefined {
    const at = this.#options.ledger.fact(HEARD_AT);
    return at === undefined ? undefined : Number(at);
  }

  /**
   * What frames from the feed say, in their order. What they say of whole events is read first, and told to `ahead`: whoever
   * asks MISP about them need not wait until all attributes are read.
   */
  async read(frames: readonly Buffer[], ahead?: (notices: readonly Notice[]) => void): Promise<readonly Notice[]> {
    this.#heard += frames.length;
    const early = frames.map((frame) => (isOfAttribute(frame) ? undefined : this.#read(frame)));
    const urgent = early.flatMap((notices) => notices ?? []);
    ahead?.(urgent);
    // A request takes a moment to go out.
    if (urgent.length > 0 && frames.length >= FEW && this.#waiting < FLOOD) await pause(1);
    return frames.flatMap((frame, index) => early[index] ?? this.#read(frame));
  }

  /**
   * Saves what the feed said, after all that it said before; of a flood, where small slices would cost as much again, much at
   * once. Resolves when that is done.
   */
  async heard(notices: readonly Notice[]): Promise<void> {
    this.#waiting += notices.length;
    const size = this.#waiting >= FLOOD ? (this.#options.slice ?? FLOOD) : SLICE.heard;
    this.#saved = this.#saved.then(async () => {
      // Of a burst, which a flood is not yet, the rest is read first.
      if (notices.length >= FEW && size < FLOOD) await pause(BURST);
      await this.#inSlices(notices, size, { facts: { [HEARD_AT]: String(this.#options.clock()) } }, this.#options.turn);
    });
    await this.#saved;
    this.#waiting -= notices.length;
  }

  /** Resolves when all that was heard is saved. */
  get saved(): Promise<void> {
    return this.#saved;
  }

  /** Resolves when more may be heard: what waits to be saved must not grow without bounds. */
  async room(): Promise<void> {
    if (this.#waiting >= FLOOD * 2) await this.#saved;
  }

  /** Answers of REST to what was asked at `asked`, milliseconds. `facts` are saved with the last of them. */
  async answers(notices: readonly Notice[], asked: number, facts: Record<string, string> = {}): Promise<void> {
    await this.#inSlices(notices, SLICE.answered, { asked, facts });
  }

  /** Between two slices everything else goes on; facts go with the last one. */
  async #inSlices(
    notices: readonly Notice[],
    size: number,
    { facts, ...told }: Told,
    turn?: () => Promise<void>,
  ): Promise<void> {
    let start = 0;
    for (; start + size < notices.length; start += size) {
      await turn?.();
      await this.#save(notices.slice(start, start + size), told);
      await nextTurn();
    }
    await turn?.();
    await this.#save(notices.slice(start), { ...told, ...(facts ? { facts } : {}) });
    // One question for all that was said of an event, and many events in one request.
    this.#options.asks(this.#questions.splice(0));
  }

  /**
   * What another courier says, with where to read on after it; both are saved, or neither.
   * @param reading which reading of its topic this is
   */
  async records(notices: readonly Notice[], reading: number, facts: Record<string, string>): Promise<void> {
    this.#heard += notices.length;
    await this.#save(notices, { asked: reading, facts: { ...facts, [HEARD_AT]: String(this.#options.clock()) } });
  }

  /** Keeps something that cannot be read, and skips it. */
  skip(unreadable: Unreadable): void {
    this.#log.skipped(unreadable);
    this.#keep(unreadable);
  }

  #read(frame: Buffer): Notice[] {
    const decoded = decode(frame);
    if (!isUnreadable(decoded)) return decoded;
    this.skip(decoded);
    return [];
  }

  /** Keeps what is skipped for a person to look at; a disk that is full must not stop intake over it. */
  #keep(skipped: Unreadable): void {
    try {
      this.#options.ledger.unreadable.keep(skipped, this.#unreadable);
    } catch (error) {
      if (!(error instanceof StateUnwritable)) throw error;
      this.#log.unkept(skipped.topic, error);
    }
    this.#unreadable += 1;
  }

  async #save(notices: readonly Notice[], told: Told): Promise<void> {
    while (!this.#options.signal.aborted) {
      try {
        this.#apply(notices, told);
        return this.#log.written();
      } catch (error) {
        if (!(error instanceof StateUnwritable)) return this.#oneByOne(notices, told, error);
        this.#log.unwritable(error);
        await pause(DISK_WAIT, undefined, { signal: this.#options.signal }).catch(() => undefined);
      }
    }
  }

  #apply(notices: readonly Notice[], told: Told): void {
    const facts = { ...told.facts, [HEARD]: String(this.#heard), [UNREADABLE]: String(this.#unreadable) };
    this.#questions.push(...this.#options.ledger.apply(notices, { ...told, facts }));
    this.#options.saved(notices);
  }

  /** One of them hits a bug of ours: the others must not suffer for it. */
  async #oneByOne(notices: readonly Notice[], told: Told, error: unknown): Promise<void> {
    // With a damaged ledger each message would look like the one at fault.
    if (error instanceof StateDamaged) throw error;
    const [notice] = notices;
    if (notices.length > 1) {
      // Where to go on is saved last: a crash on the way must leave nothing out.
      for (const one of notices) await this.#save([one], { ...told, facts: {} });
      await this.#save([], told);
    } else if (notice) {
      this.#options.log.error("A message cannot be applied and is skipped", { kind: notice.kind, error });
      this.#keep({ topic: notice.kind, reason: String(error), excerpt: JSON.stringify(notice).slice(0, 2_000) });
    }
  }
}
