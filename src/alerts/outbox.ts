import { readFile } from "node:fs/promises";
import { z } from "zod";
import { replaceFile } from "../state/replace-file.ts";
import type { Raised, Word } from "./words.ts";

const condition = { key: z.string(), sentence: z.string(), hint: z.string() };
const raised = z.strictObject({ ...condition, since: z.number(), told: z.number(), gone: z.number().nullable() });
const word = z.strictObject({
  ...condition,
  kind: z.enum(["alert", "reminder", "recovery"]),
  id: z.string(),
  since: z.number(),
  at: z.number(),
});
const contents = z.strictObject({
  version: z.literal(1),
  raised: z.array(raised),
  waiting: z.record(z.string(), z.array(word)),
});

type Contents = z.output<typeof contents>;

/** What was raised and what is still to be told, by notifier; kept in a small file, so that a restart forgets none of it. */
export class Outbox {
  readonly #file: string;
  readonly #contents: Contents;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, contents: Contents) {
    this.#file = file;
    this.#contents = contents;
  }

  /** A file that cannot be read is begun anew: what it held is told again if it is still so. */
  static async open(file: string): Promise<Outbox> {
    return new Outbox(file, (await read(file)) ?? { version: 1, raised: [], waiting: {} });
  }

  get raised(): readonly Raised[] {
    return this.#contents.raised;
  }

  set raised(raised: Raised[]) {
    this.#contents.raised = raised;
  }

  /** What a notifier has not told yet, the oldest first. */
  waiting(notifier: string): readonly Word[] {
    return this.#contents.waiting[notifier] ?? [];
  }

  /** Of one condition only the newest word waits: who was not reached for a day wants to know what is, not what was. */
  add(notifier: string, words: readonly Word[]): void {
    const fresh = new Set(words.map(({ key }) => key));
    const others = this.waiting(notifier).filter(({ key }) => !fresh.has(key));
    this.#contents.waiting[notifier] = [...others, ...words];
  }

  remove(notifier: string, words: readonly Word[]): void {
    const told = new Set(words.map(({ id }) => id));
    this.#contents.waiting[notifier] = this.waiting(notifier).filter(({ id }) => !told.has(id));
  }

  /** Forgets what waits for notifiers that are no longer configured. */
  keepOnly(notifiers: readonly string[]): void {
    for (const name of Object.keys(this.#contents.waiting)) {
      if (!notifiers.includes(name)) delete this.#contents.waiting[name];
    }
  }

  /** Resolves when it is on disk. */
  save(): Promise<void> {
    const turn = this.#writing.then(() => replaceFile(this.#file, JSON.stringify(this.#contents), 0o600));
    this.#writing = turn.catch(() => {});
    return turn;
  }
}

async function read(file: string): Promise<Contents | undefined> {
  try {
    return contents.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
