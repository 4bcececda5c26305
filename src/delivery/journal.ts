import { readFile } from "node:fs/promises";
import { type Adapter, Low } from "lowdb";
import { z } from "zod";
import { StateDamaged, stateTrouble } from "../state/damaged.ts";
import { ownAsFolder } from "../state/own-as-folder.ts";
import { replaceFile } from "../state/replace-file.ts";

const parked = z.strictObject({
  type: z.string(),
  value: z.string(),
  operation: z.enum(["add", "renew", "remove"]),
  reason: z.string(),
  /** Milliseconds. */
  at: z.number(),
});

const entry = z.strictObject({
  /** The ledger's revision that the target has come to. */
  position: z.number(),
  /** Failed attempts since the last success. */
  attempts: z.number(),
  failingSince: z.number().nullable(),
  nextAttempt: z.number().nullable(),
  lastError: z.string().nullable(),
  /** Items that the target will never take; sent again only when they change, or on request. */
  parked: z.array(parked),
});

const contents = z.strictObject({ version: z.literal(1), targets: z.record(z.string(), entry) });

export type Parked = z.output<typeof parked>;
export type JournalEntry = z.output<typeof entry>;
type Contents = z.output<typeof contents>;

/** How many parked items are kept for a target, the newest; older ones are in the ledger's audit. */
export const MOST_PARKED = 1_000;

/**
 * The retry journal: for each target how far it has come, when it is tried again and why, and what it will never take. It does not
 * contain what is still to be sent: that is always drawn from the ledger.
 */
export class Journal {
  readonly #low: Low<Contents>;

  private constructor(low: Low<Contents>) {
    this.#low = low;
  }

  /** @throws StateDamaged when the file is not a journal */
  static async open(file: string): Promise<Journal> {
    const low = new Low<Contents>(new DurableJson(file), { version: 1, targets: byName({}) });
    await low.read();
    return new Journal(low);
  }

  entry(target: string): JournalEntry {
    const { targets } = this.#low.data;
    targets[target] ??= {
      position: 0,
      attempts: 0,
      failingSince: null,
      nextAttempt: null,
      lastError: null,
      parked: [],
    };
    return targets[target];
  }

  get targets(): Readonly<Record<string, JournalEntry>> {
    return this.#low.data.targets;
  }

  park(target: string, items: readonly Parked[]): void {
    const entry = this.entry(target);
    entry.parked = [...entry.parked, ...items].slice(-MOST_PARKED);
  }

  /** Resolves when it is on disk. */
  async save(): Promise<void> {
    await this.#low.write();
  }
}

/** lowdb's own file adapter renames without waiting for the disk; this one waits, and checks what it reads. */
class DurableJson implements Adapter<Contents> {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<Contents | null> {
    const text = await readFile(this.#file, "utf8").catch((error) => missing(this.#file, error));
    if (text === null) return null;
    try {
      const { version, targets } = contents.parse(JSON.parse(text));
      return { version, targets: byName(targets) };
    } catch (cause) {
      throw new StateDamaged(
        `${this.#file} is damaged. Move it away to go on without it: parked items are forgotten and waiting targets are tried at once, nothing else is lost.`,
        { cause },
      );
    }
  }

  /** One after the other: each write takes the data as they are when its turn comes. */
  write(data: Contents): Promise<void> {
    const turn = this.#writing.then(() => this.#replace(data));
    this.#writing = turn.catch(() => {});
    return turn;
  }

  async #replace(data: Contents): Promise<void> {
    await replaceFile(this.#file, JSON.stringify(data), 0o600);
    ownAsFolder(this.#file);
  }
}

/** An object without a prototype: a target may be called `constructor`. */
function byName(targets: Contents["targets"]): Contents["targets"] {
  return Object.assign(Object.create(null), targets);
}

function missing(file: string, error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw stateTrouble(file, error);
}
