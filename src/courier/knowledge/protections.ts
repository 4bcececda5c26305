import { statSync } from "node:fs";
import { join } from "node:path";
import { enabledTargets } from "../../config/enabled-targets.ts";
import { resolvePath } from "../../config/load.ts";
import { isProtectFile } from "../../config/protect.ts";
import type { Config } from "../../config/schema.ts";
import { compileProtection, type Protection } from "../../curation/protection/protection.ts";
import type { Warninglist } from "../../curation/warninglists/warninglist.ts";
import { digestOf } from "../../ledger/report/digest.ts";
import type { Logger } from "../../log.ts";
import { ListFileCopies } from "./list-file-copies.ts";
import { readListFiles } from "./list-files.ts";
import { doubtfulLines, protectedValues, protectFilesOf, protectListsOf } from "./protect-files.ts";
import { readCopies } from "./warninglist-copies.ts";

/** Where the copies of MISP's warninglists are, within the state folder. */
export const LISTS_FOLDER = "warninglists";

/** How often the files are looked at, milliseconds. */
const LOOK = 2_000;

/** How many lines are told of one by one. */
const MOST_TOLD = 20;
const DOUBT = "A line of a file of protected values looks like a slip, and protects nothing but what reads just so";

interface Guarded {
  protection: Protection;
  digest: string;
}

export interface ProtectionsOptions {
  config: Config;
  log: Logger;
  /** What a target must not be sent is other than it was, or not known to be the same. */
  changed?: ((target: string, digest: string) => void) | undefined;
}

/** What must never go out, target by target, from the configuration, its files and the lists that it names. */
export class Protections implements Disposable {
  readonly #options: ProtectionsOptions;
  readonly #guarded = new Map<string, Guarded>();
  #lists: readonly Warninglist[] = [];
  #files = "";
  /** How the files were when they were last looked at, as long as they are not taken over. */
  #changing = "";
  /** How they were when they could not be read. */
  #unreadable = "";
  /** What has been said of the files' lines. */
  #doubted = "[]";
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProtectionsOptions) {
    this.#options = options;
    this.#compile();
  }

  /** Reads everything as it is on disk and stays with it: for commands beside a running courier. */
  static async read(config: Config, log: Logger): Promise<Protections> {
    const protections = new Protections({ config, log });
    if (protectListsOf(config).length > 0) {
      protections.#lists = await listsOnDisk(config);
      protections.#compile();
    }
    return protections;
  }

  /** What protects at this moment, whenever it is asked. */
  of(target: string): Protection {
    return (indicator) => this.#guarded.get(target)?.protection(indicator) ?? null;
  }

  /** Another one whenever something else protects. */
  digestOf(target: string): string {
    return this.#guarded.get(target)?.digest ?? "";
  }

  /** These are all the warninglists there are. From the first call on, files are followed, too. */
  learn(lists: readonly Warninglist[]): void {
    this.#lists = lists;
    this.#adopt(this.#filesState());
    this.#timer ??= setInterval(() => this.#lookAtFiles(), LOOK);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** @param state how the files are */
  #adopt(state: string): void {
    try {
      this.#compile();
    } catch (error) {
      // It is tried each time: who may read a file can change without a trace.
      this.#files = "";
      if (state === this.#unreadable) return;
      this.#unreadable = state;
      this.#options.log.error("A file of protected values cannot be read; what was protected stays so", { error });
      return;
    }
    this.#files = state;
    this.#unreadable = "";
    for (const [target, { digest }] of this.#guarded) this.#options.changed?.(target, digest);
  }

  #lookAtFiles(): void {
    const state = this.#filesState();
    if (state === this.#files) return;
    // Whoever writes them may still be at it: a half of what protects is none.
    const rests = state === this.#changing;
    this.#changing = state;
    if (rests) this.#adopt(state);
  }

  #filesState(): string {
    return JSON.stringify(this.#fileNames().map((file) => [file, ...stateOf(file)]));
  }

  #fileNames(): string[] {
    const { config } = this.#options;
    return protectFilesOf(config).map((name) => resolvePath(config, name));
  }

  /** Says once what in the files looks like a slip, and again when they change. */
  #doubt(): void {
    const { config, log } = this.#options;
    const doubtful = doubtfulLines(config);
    const state = JSON.stringify(doubtful);
    if (state === this.#doubted) return;
    this.#doubted = state;
    for (const found of doubtful.slice(0, MOST_TOLD)) log.warn(DOUBT, { ...found });
    if (doubtful.length > MOST_TOLD) log.warn(DOUBT, { more: doubtful.length - MOST_TOLD });
  }

  /** Targets with the same settings share what is made of them. */
  #compile(): void {
    const { config, log } = this.#options;
    const made = new Map<string, Guarded>();
    const compiled = enabledTargets(config).map(([target, { guard }]) => {
      const key = JSON.stringify([guard.min_prefix, guard.protect]);
      const guarded = made.get(key) ?? this.#guard(guard.min_prefix, guard.protect);
      made.set(key, guarded);
      return [target, guarded] as const;
    });
    for (const [target, guarded] of compiled) this.#guarded.set(target, guarded);
    this.#doubt();
    if (this.#timer === undefined && this.#lists.length > 0) {
      for (const name of protectListsOf(config)) {
        if (this.#named(name).length === 0)
          log.warn("No warninglist has the name that a guard protects", { list: name });
      }
    }
  }

  #guard(minPrefix: { v4: number; v6: number }, protect: readonly string[]): Guarded {
    const files = protect.filter(isProtectFile).map((name) => {
      return { name, values: protectedValues(this.#options.config, name) };
    });
    const lists = protect.filter((name) => !isProtectFile(name)).flatMap((name) => this.#named(name));
    return {
      protection: compileProtection({ minPrefix, files, lists }),
      digest: digestOf([minPrefix, files, lists]),
    };
  }

  #named(name: string): Warninglist[] {
    return this.#lists.filter((list) => list.name.toLowerCase() === name.toLowerCase());
  }
}

/** Another one whenever the file is written, or cannot be looked at any more. */
function stateOf(file: string): (string | number)[] {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return [mtimeMs, size, ino];
  } catch (error) {
    return [String(error)];
  }
}

/** The lists of the folder and the copies of MISP's. */
export async function listsOnDisk(config: Config): Promise<Warninglist[]> {
  const state = resolvePath(config, config.state);
  const { of } = new ListFileCopies(state);
  const { lists } = await readListFiles(resolvePath(config, config.warninglists.directory), new Map(), { of });
  if (!config.warninglists.from_misp) return [...lists.values()];
  const copies = await readCopies(join(state, LISTS_FOLDER));
  return [...lists.values(), ...copies.flatMap(({ copy }) => copy?.fetched.list ?? [])];
}
