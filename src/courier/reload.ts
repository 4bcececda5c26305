import type { Config } from "../config/schema.ts";
import { unverified } from "../config/unverified.ts";
import { type Logger, silent } from "../log.ts";
import { programVersion } from "../version.ts";
import { type Observer, runCourier } from "./courier.ts";
import { together } from "./observers.ts";
import { announcePlan } from "./plan/announce-plan.ts";

export interface ReloadingOptions {
  config: Config;
  /** Opens the log that a configuration asks for. */
  openLog: (config: Config) => Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  /** Whoever watches over the process. */
  supervisor?: { ready(): void; alive(now: number): void } | undefined;
  /** Keeps what is heard. */
  recorder?: { frames(frames: readonly Buffer[]): void } | undefined;
  /** Opens what watches the line under a configuration; it is closed with it. */
  attend?: ((config: Config, log: Logger) => Promise<Attendant>) | undefined;
}

/** Somebody who watches as long as one configuration is in force. */
export interface Attendant extends AsyncDisposable {
  observer: Observer;
}

/**
 * The line under one configuration after the other. It is drained and laid anew for each of them: what MISP says in that
 * moment comes with the catch-up that follows every start.
 */
export class ReloadingCourier {
  readonly #options: ReloadingOptions;
  #inForce: Config;
  #next: Config | undefined;
  #latest: Config;
  #turn = new AbortController();
  #log: Logger = silent;
  /** What it is about to bring is being worked out. */
  #announcing: Promise<void> = Promise.resolve();
  #announced = new AbortController();

  constructor(options: ReloadingOptions) {
    this.#options = options;
    this.#inForce = options.config;
    this.#latest = options.config;
  }

  /** What is in force, or will be in a moment; what could not be put to work is neither. */
  get latest(): Config {
    return this.#latest;
  }

  /** Logs what this configuration will bring, and is run by it from then on; what is in force goes on until then. */
  adopt(config: Config): void {
    this.#latest = config;
    this.#announced.abort();
    this.#announced = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, this.#announced.signal]);
    this.#announcing = this.#announcing.then(() => this.#announce(config, signal));
  }

  /** Resolves when it was stopped. */
  async run(): Promise<void> {
    try {
      await this.#runAll();
    } finally {
      this.#announced.abort();
      await this.#announcing;
    }
  }

  async #runAll(): Promise<void> {
    const { signal } = this.#options;
    let former: Config | undefined;
    while (!signal.aborted) {
      former = await this.#runOne(former);
      if (!this.#next) continue;
      former = this.#inForce;
      this.#inForce = this.#next;
      this.#next = undefined;
    }
  }

  async #announce(config: Config, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const current = this.#next ?? this.#inForce;
    await announcePlan({ current, next: config, log: this.#log, signal, clock });
    if (signal.aborted) return;
    this.#next = config;
    this.#turn.abort();
  }

  /** Runs by what is in force. If that never gets to work, it is by `former` again, where there is one. */
  async #runOne(former: Config | undefined): Promise<Config | undefined> {
    const { openLog, clock, signal, supervisor, recorder, attend } = this.#options;
    const config = this.#inForce;
    const log = openLog(config);
    this.#log = log;
    let fallback = former;
    this.#turn = new AbortController();
    try {
      log.info("misp-courier starts", { version: programVersion(), targets: Object.keys(config.targets).length });
      const keys = unverified(config);
      if (keys.length > 0)
        log.warn("Certificates are not checked: whoever stands in between can read and change all", { keys });
      await using attendant = await attend?.(config, log);
      const own = {
        started: () => {
          fallback = undefined;
          supervisor?.ready();
        },
        alive: (now: number) => supervisor?.alive(now),
        frames: (frames: readonly Buffer[]) => recorder?.frames(frames),
      };
      const observer = together(own, attendant?.observer);
      await runCourier({ config, log, signal: AbortSignal.any([signal, this.#turn.signal]), clock, observer });
      log.info("misp-courier has stopped");
    } catch (error) {
      if (!fallback) throw error;
      log.error("The new configuration cannot be put to work; the one before stays in force", { error });
      this.#inForce = fallback;
      if (this.#latest === config) this.#latest = fallback;
      fallback = undefined;
    }
    return fallback;
  }
}
