import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StandInMisp, type StandInOptions } from "../demo/stand-in/stand-in-misp.ts";
import { wallClock } from "./measure.ts";
import { Place, type Surroundings } from "./place.ts";
import type { Sizes } from "./sizes.ts";
import { caughtUp } from "./workers/courier.ts";
import { deliver, fill } from "./workers/ledger.ts";
import type { Hire, RoleName, Worker } from "./workers/question.ts";
import type { Goal } from "./workers/tally.ts";

/** A ledger that was filled beforehand; the next attribute that it does not hold. */
export interface Stock {
  place: Place;
  next: number;
}

export interface WorkshopOptions {
  sizes: Sizes;
  hire: Hire;
  /** Takes a line about how far the measurements are. */
  say: (line: string) => void;
}

/** How many attributes one order to fill a ledger is about. */
const PORTION = 50_000;

/** What the measurements work with; at the end everyone who was hired is gone, and every file. */
export class Workshop implements AsyncDisposable {
  readonly sizes: Sizes;
  readonly say: (line: string) => void;
  readonly #hire: Hire;
  readonly #directory: string;
  readonly #hired = new Set<Worker>();
  readonly #stocks = new Map<number, Promise<Stock>>();
  #places = 0;

  private constructor({ sizes, hire, say }: WorkshopOptions, directory: string) {
    this.sizes = sizes;
    this.say = say;
    this.#hire = hire;
    this.#directory = directory;
  }

  static async open(options: WorkshopOptions): Promise<Workshop> {
    return new Workshop(options, await mkdtemp(join(tmpdir(), "misp-courier-bench-")));
  }

  /** A directory that nobody has used yet. */
  place(): Place {
    this.#places += 1;
    return new Place(join(this.#directory, `${this.#places}`));
  }

  async hire(role: RoleName, options: object = {}): Promise<Worker> {
    const worker = await this.#hire(role, options);
    this.#hired.add(worker);
    return worker;
  }

  /** A courier that is at work in these surroundings. */
  async courier(place: Place, surroundings: Surroundings, goal: Goal = { saved: 0, added: 0 }): Promise<Worker> {
    await place.configure(surroundings);
    return this.hire("courier", { configFile: place.configFile, goal });
  }

  /** A ledger of so many indicators, all of them on the lists; filled once, and changed by whoever works with it. */
  stock(size: number): Promise<Stock> {
    const known = this.#stocks.get(size) ?? this.#fill(size);
    this.#stocks.set(size, known);
    return known;
  }

  /** Sends everyone home; whoever waits for one of them hears of it. */
  async dismiss(): Promise<void> {
    await Promise.all([...this.#hired].map((worker) => worker[Symbol.asyncDispose]()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dismiss();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #fill(size: number): Promise<Stock> {
    const place = this.place();
    await this.#acquaint(place);
    await using worker = await this.hire("ledger", { configFile: place.configFile });
    const at = secondsAgo(YESTERDAY);
    for (let done = 0; done < size; done += PORTION) {
      this.say(`filling a ledger: ${done} of ${size}`);
      await worker.ask(fill, { first: done + 1, count: Math.min(PORTION, size - done), at });
    }
    await worker.ask(deliver, {});
    return { place, next: size + 1 };
  }

  /** A courier judges everything anew when it first hears of lists and of its own organisation: better while there is nothing. */
  async #acquaint(place: Place): Promise<void> {
    await using misp = await openMisp();
    await using courier = await this.courier(place, { misp });
    await courier.ask(caughtUp, { times: 1 });
  }
}

const YESTERDAY = 86_400;

/** A time so many seconds ago, Unix seconds. */
export function secondsAgo(seconds: number): number {
  return Math.floor(wallClock() / 1000) - seconds;
}

/** A stand-in MISP that is closed when it is no longer needed. */
export async function openMisp(options: StandInOptions = {}): Promise<StandInMisp & AsyncDisposable> {
  const misp = await StandInMisp.open(options);
  return Object.assign(misp, { [Symbol.asyncDispose]: () => misp.close() });
}
