import PQueue from "p-queue";

/** What is known when an event is to be looked at. */
export interface Occasion {
  /** Nothing more of it is to be expected soon. */
  complete: boolean;
  /** How it came up: the feed spoke of it, MISP said that it pulled it from a server, or a catch-up found it changed. */
  how: "heard" | "pulled" | "missed";
}

export interface EventTurnsOptions {
  /** Never fails. */
  work: (uuid: string, occasion: Occasion) => Promise<void>;
  signal: AbortSignal;
}

/** Events looked at side by side: a turn is mostly waiting for MISP. */
const AT_ONCE = 32;
/** How long nothing must be heard of an event before it is taken to be complete, milliseconds. */
const QUIET = 1_000;
/** Some are written to without end: how long they are waited for, milliseconds. */
const PATIENCE = 300_000;

/** An event of which more may come. */
interface Unquiet {
  timer: NodeJS.Timeout;
  patience: NodeJS.Timeout;
  how: Occasion["how"];
}

/** Gives each event one turn at a time: two would both find it without its tag, and both attach it. */
export class EventTurns implements AsyncDisposable {
  readonly #options: EventTurnsOptions;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #waiting = new Map<string, Occasion>();
  readonly #underWay = new Set<string>();
  readonly #unquiet = new Map<string, Unquiet>();

  constructor(options: EventTurnsOptions) {
    this.#options = options;
  }

  /** A turn as soon as there is room. What comes up during an event's turn leads to one more. */
  take(uuid: string, occasion: Occasion): void {
    if (this.#options.signal.aborted) return;
    if (occasion.complete) this.#waitNoLonger(uuid);
    const comes = this.#waiting.has(uuid) || this.#underWay.has(uuid);
    this.#waiting.set(uuid, together(this.#waiting.get(uuid), occasion));
    if (!comes) this.#enter(uuid);
  }

  /**
   * A turn once nothing more is heard of an event that somebody may still be writing.
   * @param quiet for how long, milliseconds
   */
  takeWhenQuiet(uuid: string, came: Occasion["how"], quiet = QUIET): void {
    const before = this.#unquiet.get(uuid);
    // A catch-up that comes upon what the feed told already knows less of it.
    const how = came === "missed" ? (before?.how ?? came) : came;
    const take = () => this.take(uuid, { complete: true, how: this.#unquiet.get(uuid)?.how ?? how });
    clearTimeout(before?.timer);
    const patience = before?.patience ?? setTimeout(take, PATIENCE);
    this.#unquiet.set(uuid, { how, timer: setTimeout(take, quiet), patience });
  }

  /** Something more was heard of an event. @returns whether it waits until nothing more is */
  prolong(uuid: string): boolean {
    return this.#unquiet.get(uuid)?.timer.refresh() !== undefined;
  }

  /** Resolves when no event has its turn, or waits for one. */
  idle(): Promise<void> {
    return this.#queue.onIdle();
  }

  /** Lets what is under way come to its end, and drops the rest. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const uuid of [...this.#unquiet.keys()]) this.#waitNoLonger(uuid);
    this.#queue.clear();
    await this.#queue.onIdle();
  }

  #enter(uuid: string): void {
    void this.#queue.add(async () => {
      // What else the feed says of it in the same breath belongs to this turn.
      await Promise.resolve();
      const occasion = this.#waiting.get(uuid);
      this.#waiting.delete(uuid);
      this.#underWay.add(uuid);
      if (occasion && !this.#options.signal.aborted) await this.#options.work(uuid, occasion);
      this.#underWay.delete(uuid);
      if (this.#waiting.has(uuid)) this.#enter(uuid);
    });
  }

  #waitNoLonger(uuid: string): void {
    const { timer, patience } = this.#unquiet.get(uuid) ?? {};
    clearTimeout(timer);
    clearTimeout(patience);
    this.#unquiet.delete(uuid);
  }
}

function together(waiting: Occasion | undefined, occasion: Occasion): Occasion {
  if (!waiting) return occasion;
  const how = [waiting.how, occasion.how].includes("pulled") ? "pulled" : occasion.how;
  return { complete: waiting.complete || occasion.complete, how };
}
