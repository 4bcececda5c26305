import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { isObject } from "../../src/misp/coerce.ts";
import { eventually } from "../support/running-courier.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const KEPT_LINES = 300;
/** How long a start may take on a busy machine, milliseconds. */
const PATIENCE = 60_000;
/** Sentences of the log that only a bug of ours brings about. */
const BUGS = ["Delivery failed unexpectedly", "A message cannot be applied and is skipped"];

/** A courier as a process of its own, as a person runs it: with a configuration file, and killed at any moment. */
export class ChildCourier implements AsyncDisposable {
  readonly directory: string;
  readonly config: string;
  /** The newest lines of its log, over all starts. */
  readonly log: string[] = [];
  readonly bugs: string[] = [];
  #process: ChildProcess | undefined;
  #sentences: string[] = [];
  #expected = false;

  /** @param settings laid over a configuration with one csv target, `blocklists`, with a merged list */
  constructor(directory: string, misp: Pick<StandInMisp, "url" | "key" | "endpoint">, settings: object = {}) {
    if (!existsSync(PROGRAM)) throw new Error("dist/main.js is not there: npm run build");
    mkdirSync(directory, { recursive: true });
    this.directory = directory;
    this.config = join(directory, "config.yaml");
    const shipped = {
      misp: { url: misp.url, key: misp.key, zeromq: misp.endpoint, timeout: "5s" },
      targets: { blocklists: { type: "csv", directory: "./lists", lists: { names: ["domain", "hostname"] } } },
      // A flood takes off in a minute what a guard would ask a person about.
      guard: { max_removed: { percent: 100, at_least: 1_000_000 } },
      warninglists: { directory: "./warninglists", from_misp: false },
      // Several run at once.
      http: { listen: "127.0.0.1:0" },
      state: "./state",
      log: { format: "json" },
    };
    writeFileSync(this.config, stringify({ ...shipped, ...settings }));
  }

  get lists(): string {
    return join(this.directory, "lists");
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Starts the process; `options` are Node's own. */
  start(environment: Record<string, string> = {}, options: readonly string[] = []): void {
    const words = [...options, PROGRAM, "run", "--config", this.config];
    const child = spawn(process.execPath, words, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#sentences = [];
    this.#expected = false;
    this.#process = child;
    createInterface({ input: child.stderr }).on("line", (line) => this.#note(line));
    child.once("exit", (code, signal) => {
      if (this.#process === child) this.#process = undefined;
      if (!this.#expected && signal !== "SIGKILL") this.bugs.push(`it ended by itself with ${code ?? signal}`);
    });
  }

  /** Resolves once it has said this since its start, or has ended. */
  said(sentence: string): Promise<void> {
    return eventually(async () => {
      if (this.running && !this.#sentences.includes(sentence)) throw new Error(`it has not said "${sentence}"`);
    }, PATIENCE);
  }

  /** Hears the feed, or has ended. */
  hears(): Promise<void> {
    return this.said("MISP's feed is heard");
  }

  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Has it end by itself. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Resolves when the process is gone, however that came. */
  async gone(): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    this.#expected = true;
    this.#process?.kill(signal);
    await this.gone();
  }

  #note(line: string): void {
    this.log.push(line);
    if (this.log.length > KEPT_LINES) this.log.shift();
    const sentence = sentenceOf(line);
    this.#sentences.push(sentence);
    if (BUGS.includes(sentence)) this.bugs.push(line);
  }
}

function sentenceOf(line: string): string {
  try {
    const entry: unknown = JSON.parse(line);
    return isObject(entry) ? String(entry.message) : line;
  } catch {
    return line;
  }
}
