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

/** Gives each event one turn at a time: two would both find it without its tag, and both attach it. */
export class EventTurns implements AsyncDisposable {
  readonly #options: EventTurnsOptions;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #waiting = new Map<string, Occasion>();
  readonly #underWay = new Set<string>();
  /** Events of which more may come. */
  readonly #quiet = new Map<string, { timer: NodeJS.Timeout; how: Occasion["how"] }>();

  constructor(options: EventTurnsOptions) {
    this.#options = options;
  }

  /** A turn as soon as there is room. What comes up during an event's turn leads to one more. */
  take(uuid: string, occasion: Occasion): void {
    if (this.#options.signal.aborted) return;
    if (occasion.complete) this.#forgetQuiet(uuid);
    const comes = this.#waiting.has(uuid) || this.#underWay.has(uuid);
    this.#waiting.set(uuid, together(this.#waiting.get(uuid), occasion));
    if (!comes) this.#enter(uuid);
  }

  /** A turn once nothing more is heard of an event that somebody may still be writing. */
  takeWhenQuiet(uuid: string, came: Occasion["how"]): void {
    // A catch-up that comes upon what the feed told already knows less of it.
    const how = came === "missed" ? (this.#quiet.get(uuid)?.how ?? came) : came;
    this.#forgetQuiet(uuid);
    this.#quiet.set(uuid, { how, timer: setTimeout(() => this.take(uuid, { complete: true, how }), QUIET) });
  }

  /** Something more was heard of an event. @returns whether it waits until nothing more is */
  prolong(uuid: string): boolean {
    return this.#quiet.get(uuid)?.timer.refresh() !== undefined;
  }

  /** Resolves when no event has its turn, or waits for one. */
  idle(): Promise<void> {
    return this.#queue.onIdle();
  }

  /** Lets what is under way come to its end, and drops the rest. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const uuid of [...this.#quiet.keys()]) this.#forgetQuiet(uuid);
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

  #forgetQuiet(uuid: string): void {
    clearTimeout(this.#quiet.get(uuid)?.timer);
    this.#quiet.delete(uuid);
  }
}

function together(waiting: Occasion | undefined, occasion: Occasion): Occasion {
  if (!waiting) return occasion;
  const how = [waiting.how, occasion.how].includes("pulled") ? "pulled" : occasion.how;
  return { complete: waiting.complete || occasion.complete, how };
}
