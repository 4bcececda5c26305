import { statSync, unwatchFile, watchFile } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { loadConfig } from "./load.ts";
import type { Config } from "./schema.ts";
import type { Environment } from "./variables.ts";

export interface ConfigWatchOptions {
  file: string;
  environment: Environment;
  /** Milliseconds. */
  clock: () => number;
  /** What is in force, or about to be. */
  current: () => Config;
  /** There is another configuration, and it is right. */
  changed: (config: Config) => void;
  /** The file says what is no configuration. */
  refused: (error: unknown) => void;
}

/** Looked at by its times, as this works for files that are replaced, mounted or linked, too; milliseconds. */
const INTERVAL = 500;
/**
 * Whoever writes it may still be at it, and the half of a configuration may be one: it must have rested for longer than a look
 * takes, milliseconds.
 */
const REST = 600;

/** Reads the configuration file again when it changes, or when told to. */
export class ConfigWatch implements Disposable {
  readonly #options: ConfigWatchOptions;
  readonly #look = () => this.#readAtRest();
  #rest: NodeJS.Timeout | undefined;

  constructor(options: ConfigWatchOptions) {
    this.#options = options;
    watchFile(options.file, { interval: INTERVAL, persistent: false }, this.#look);
    // Its times of now are what later ones are compared with: what was written since it was read would go unseen.
    this.#readAtRest();
  }

  read(): void {
    const { file, environment, clock, current, changed, refused } = this.#options;
    try {
      const config = loadConfig(file, environment, { now: clock() });
      if (!isDeepStrictEqual(config, current())) changed(config);
    } catch (error) {
      refused(error);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#rest);
    unwatchFile(this.#options.file, this.#look);
  }

  #readAtRest(): void {
    const { file } = this.#options;
    clearTimeout(this.#rest);
    const before = timesOf(file);
    this.#rest = setTimeout(() => (timesOf(file) === before ? this.read() : this.#readAtRest()), REST).unref();
  }
}

/** Another text whenever the file is another, or is written to. */
function timesOf(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}
