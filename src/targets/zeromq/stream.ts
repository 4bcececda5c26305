import { setTimeout as pause } from "node:timers/promises";
import type PQueue from "p-queue";
import type { Publisher } from "./publisher.ts";
import type { BusStore } from "./store.ts";

export interface StreamOptions {
  /** What the frames begin with. */
  topic: string;
  publisher: Pick<Publisher, "send">;
  store: BusStore;
  /** What runs in it sees a store and a socket that nobody else changes. */
  turns: PQueue;
}

/** How long to wait for room in a queue, milliseconds, and how often before its subscriber counts as stuck. */
const PAUSE = 5;
const PATIENCE = 400;
/** How many messages of a snapshot are sent in one turn: changes wait that long. */
const PAGE = 100;
/** How long a snapshot that failed rests before it begins again, milliseconds. */
const REST = 1_000;

/** What goes out on one topic: changes as they come, and snapshots between them. */
export class Stream {
  readonly #options: StreamOptions;
  #owed = false;
  #running = false;
  #stuck = false;
  #closed = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Sends a change, within a turn. A subscriber that takes nothing for seconds gets a snapshot later instead. */
  async send(message: string): Promise<void> {
    for (let tries = 0; !this.#stuck && !this.#closed; tries += 1) {
      if (await this.#publish(message)) return;
      if (tries === PATIENCE) this.#stuck = true;
      else await pause(PAUSE);
    }
    if (this.#stuck) this.snapshot();
  }

  /** Sends all that is held, as fast as it is taken; once more from the beginning where that is under way. */
  snapshot(): void {
    this.#owed = true;
    if (!this.#running) void this.#run();
  }

  close(): void {
    this.#closed = true;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#owed && !this.#closed) {
      this.#owed = false;
      try {
        await this.#sendAll();
      } catch {
        // What fails here fails for a delivery as well, which has somebody to tell.
        this.#owed = true;
        await pause(REST);
      }
    }
    this.#running = false;
  }

  async #sendAll(): Promise<void> {
    for (let after = 0; !this.#closed; ) {
      const last = await this.#options.turns.add(() => this.#sendPage(after));
      if (last === undefined) return;
      if (last === after) await pause(PAUSE);
      after = last;
    }
  }

  /** Resolves with how far it came; `undefined` at the end. */
  async #sendPage(after: number): Promise<number | undefined> {
    if (this.#closed) return undefined;
    const page = this.#options.store.after(after, PAGE);
    let last = after;
    for (const { id, message } of page) {
      if (!(await this.#publish(message))) return last;
      last = id;
    }
    // From here on changes are heard again; what was not is in this snapshot's rest, or in the one that is owed.
    this.#stuck = false;
    return page.length < PAGE ? undefined : last;
  }

  #publish(message: string): Promise<boolean> {
    return this.#options.publisher.send(`${this.#options.topic} ${message}`);
  }
}
