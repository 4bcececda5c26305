import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import type { Config, CourierConfig } from "../../src/config/schema.ts";
import { type Observer, runCourier } from "../../src/courier/courier.ts";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { StandInMisp, type StandInOptions } from "../../src/demo/stand-in/stand-in-misp.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { type Logger, silent } from "../../src/log.ts";
import { TOPICS } from "../../src/misp/messages.ts";

type Settings = Record<string, unknown> & { misp?: Record<string, unknown> };

/** `clock` is the courier's, and MISP's as well unless that has its own; `watched` gives whoever is to watch a courier. */
interface Options extends StandInOptions {
  mispClock?: () => number;
  log?: Logger;
  watched?: (config: Config) => Observer;
}

/** A courier in this process, following a stand-in MISP, with block lists in a folder of its own. */
export class RunningCourier implements AsyncDisposable {
  readonly misp: StandInMisp;
  readonly directory: string;
  readonly log: Logger;
  readonly #clock: () => number;
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #settings: Settings;
  #watched: Options["watched"];
  /** How many catch-ups of this run have ended, well or not. */
  #compared = 0;
  /** What it is told of the feed: where it is, and with what to log in. */
  #feed: Record<string, unknown> | string;

  private constructor(misp: StandInMisp, directory: string, settings: Settings, clock: () => number, log: Logger) {
    this.misp = misp;
    this.#feed = misp.endpoint;
    this.directory = directory;
    this.#settings = settings;
    this.#clock = clock;
    this.log = log;
  }

  /** `settings` are laid over a configuration with one csv target, `blocklists`, and those of `misp` over where the stand-in is. */
  static async start(
    settings: Settings = {},
    { clock = Date.now, mispClock = clock, log = silent, watched, ...options }: Options = {},
  ): Promise<RunningCourier> {
    const misp = await StandInMisp.open({ clock: mispClock, ...options });
    const directory = await mkdtemp(join(tmpdir(), "courier-"));
    const courier = new RunningCourier(misp, directory, settings, clock, log);
    const { username, password } = options;
    if (username !== undefined) courier.#feed = { endpoint: misp.endpoint, username, password };
    courier.#watched = watched;
    await courier.start();
    return courier;
  }

  async config(): Promise<CourierConfig> {
    const file = join(this.directory, "config.yaml");
    const { misp, ...shipped } = this.#shipped();
    await writeFile(file, stringify({ ...shipped, ...this.#settings, misp: { ...misp, ...this.#settings.misp } }));
    const config = loadConfig(file, {});
    if (config.role !== "courier") throw new Error("a forwarder is none that follows a MISP");
    return config;
  }

  /** Starts it, again, perhaps with other settings; resolves when it hears the feed. */
  async start(settings: Settings = this.#settings): Promise<void> {
    this.#settings = settings;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const heard = Promise.all(TOPICS.map((topic) => this.misp.heard(`${topic} `)));
    const config = await this.config();
    const observer = this.#watched?.(config);
    this.#compared = 0;
    this.#running = runCourier({ config, log: this.#noting(), signal, clock: this.#clock, observer });
    await Promise.race([heard, this.#running]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Publishes an event with these domains; returns the numbers of both. */
  publishDomains(...values: string[]): { event: number; attributes: number[] } {
    const attributes = values.map((value) => ({ type: "domain", value }));
    const event = this.misp.addEvent({ info: values.slice(0, 5).join(" "), attributes });
    this.misp.publish(event.id);
    return { event: event.id, attributes: event.attributes.map(({ id }) => id) };
  }

  /** Resolves once this run has compared what it knows with MISP, or has tried to, and its targets have what follows from that. */
  async compared(): Promise<void> {
    await eventually(async () => {
      if (this.#compared === 0) throw new Error("no catch-up has ended");
    });
    using report = new LedgerReport(join(this.directory, "state", LEDGER_FILE));
    await eventually(async () => {
      const { reviewing, targets } = report.summary();
      if (reviewing || targets.some(({ lag }) => lag > 0)) throw new Error("not everything is judged and delivered");
    });
  }

  /** Stops it and takes away all that it knows, as if it had never run. */
  async forget(): Promise<void> {
    await this.stop();
    await rm(join(this.directory, "state"), { recursive: true });
  }

  /** The lines of a block list below its header; `undefined` when there is no such file. */
  async list(type: string): Promise<string[] | undefined> {
    const text = await readFile(join(this.directory, "lists", `${type}.csv`), "utf8").catch(() => undefined);
    return text?.split("\n").slice(1, -1).sort();
  }

  /** Resolves once a list holds exactly these values. */
  async listed(type: string, ...values: string[]): Promise<void> {
    const expected = JSON.stringify([...values].sort());
    await eventually(async () => {
      const held = JSON.stringify((await this.list(type)) ?? []);
      if (held !== expected) throw new Error(`${type}.csv holds ${held}, not ${expected}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.misp.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The log, with an ear for what ends a catch-up. */
  #noting(): Logger {
    const { info, warn } = this.log;
    return {
      ...this.log,
      info: (sentence, facts) => {
        if (sentence === "In step with MISP") this.#compared += 1;
        info(sentence, facts);
      },
      warn: (sentence, facts) => {
        if (sentence.startsWith("Catching up failed")) this.#compared += 1;
        warn(sentence, facts);
      },
    };
  }

  #shipped(): Settings {
    return {
      misp: { url: this.misp.url, key: this.misp.key, zeromq: this.#feed, timeout: "5s" },
      targets: { blocklists: { type: "csv", directory: "./lists" } },
      state: "./state",
    };
  }
}

/** How long to wait before the next try, milliseconds: each takes time from what is waited for. */
const NEXT_TRY = { first: 5, factor: 1.4, longest: 50 };

/** Tries until it no longer throws; after `patience` milliseconds the last error goes on. */
export async function eventually<Result>(attempt: () => Promise<Result>, patience = 40_000): Promise<Result> {
  const end = Date.now() + patience;
  for (let wait = NEXT_TRY.first; ; wait = Math.min(wait * NEXT_TRY.factor, NEXT_TRY.longest)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await pause(wait);
  }
}

/** A moment in which a wrong change would have shown itself. */
export async function calm(): Promise<void> {
  await pause(300);
}
