import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** What the rules asked for at any time so far; both sets grow before MISP says anything of it. Entries are `type value`. */
export interface Wishes {
  readonly everWanted: Pick<ReadonlySet<string>, "has">;
  /** What was to leave after it had been wanted. */
  readonly withdrawn: Pick<ReadonlySet<string>, "has">;
}

/** How often the files are looked at, milliseconds. */
const OFTEN = 20;

/** Looks at a folder of lists all the time, as the readers of the files do, and notes what they should never have seen. */
export class Watch implements AsyncDisposable {
  readonly wrong: string[] = [];
  readonly #folder: string;
  readonly #wishes: Wishes;
  readonly #seen = new Map<string, readonly string[]>();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  #looking: Promise<void> = Promise.resolve();

  constructor(folder: string, wishes: Wishes) {
    this.#folder = folder;
    this.#wishes = wishes;
    this.#watching = this.#watch();
  }

  /** All that the type files hold, as `type value`. */
  async held(): Promise<string[]> {
    await this.#look();
    return [...this.#seen.values()].flat().sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#look();
      await pause(OFTEN, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** One look after the other: an older one that ends later would see values leave. */
  #look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#read());
    return this.#looking;
  }

  async #read(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((name) => name.endsWith(".csv"))) {
      const text = await readFile(join(this.#folder, name), "utf8").catch(() => undefined);
      // The folder may be away: what is not there was not removed.
      if (text !== undefined) this.#compare(name, text);
    }
  }

  #compare(name: string, text: string): void {
    if (!text.startsWith("value\n") || !text.endsWith("\n")) this.wrong.push(`${name} is not whole`);
    const type = name.slice(0, -".csv".length);
    const now = text.split("\n").slice(1, -1);
    const entries = now.map((value) => `${type} ${value}`);
    const held = new Set(entries);
    if (held.size < entries.length) this.wrong.push(`${name} holds a line twice`);
    const { everWanted, withdrawn } = this.#wishes;
    const before = this.#seen.get(name) ?? [];
    this.wrong.push(...entries.filter((entry) => !everWanted.has(entry)).map((entry) => `added: ${entry}`));
    const gone = before.filter((entry) => !held.has(entry) && !withdrawn.has(entry));
    this.wrong.push(...gone.map((entry) => `removed: ${entry}`));
    this.#seen.set(name, entries);
  }
}
