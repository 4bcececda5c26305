import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { LEDGER_FILE, runCourier } from "../../src/courier/courier.ts";
import { LedgerReport, type Summary } from "../../src/ledger/report.ts";
import type { Logger } from "../../src/log.ts";
import { TOPICS } from "../../src/misp/messages.ts";
import type { Delta } from "../../src/model/delta.ts";
import type { Notice } from "../../src/model/notice.ts";
import { readScenario, type Step } from "./recording.ts";
import { ReplayedMisp } from "./replayed-misp.ts";
import { publications } from "./replayed-rest.ts";
import { eventually } from "./running-courier.ts";

/** Event 1 holds an address of a private network, which the guard holds back whatever MISP says: no list counts it. */
export const PRIVATE = "10.1.2.3";

/** The values of each block list that holds any, by indicator type. */
export type Lists = Readonly<Record<string, readonly string[]>>;

interface Recorded extends Step {
  scenario: string;
}

/** A courier that follows a recorded MISP from one request to the next, with block lists in a folder of its own. */
export class Replay implements AsyncDisposable {
  /** Warnings and errors of the courier. */
  readonly complaints: string[] = [];
  readonly #misp: ReplayedMisp;
  readonly #directory: string;
  readonly #stop = new AbortController();
  readonly #steps: Recorded[];
  #running: Promise<void> = Promise.resolve();
  #alive = 0;
  /** `publish_timestamp` of each event, by its number, as REST last told the courier that it is published. */
  readonly #confirmed = new Map<string, number | undefined>();
  #delivered: Delta[] = [];

  private constructor(misp: ReplayedMisp, directory: string, steps: Recorded[]) {
    this.#misp = misp;
    this.#directory = directory;
    this.#steps = steps;
  }

  /** Starts a courier before the first of the named scenarios; `settings` are laid over a plain configuration. */
  static async start(scenarios: readonly string[], settings: Record<string, unknown> = {}): Promise<Replay> {
    const read = scenarios.map(async (scenario) =>
      (await readScenario(scenario)).map((step) => ({ ...step, scenario })),
    );
    const steps = (await Promise.all(read)).flat();
    const misp = await ReplayedMisp.open();
    misp.reach((steps[0]?.at ?? 0) - 1_000);
    const replay = new Replay(misp, await mkdtemp(join(tmpdir(), "courier-")), steps);
    await replay.#run(settings);
    return replay;
  }

  /** Plays everything up to a scenario, so that its test does not depend on those before it. */
  async until(scenario: string): Promise<void> {
    while (this.#steps.length > 0 && this.#steps[0]?.scenario !== scenario) await this.#play();
  }

  /** Plays the next step, which must be the one so labelled, and expects exactly these lists after it, reached directly. */
  async after(label: string, lists: Lists): Promise<void> {
    expect(this.#steps[0]?.label).toBe(label);
    await this.#reaches(lists, () => this.#play());
  }

  /** Plays what is left of the scenario at hand, and expects the same lists after each of its steps. */
  async afterEachOf(scenario: string, lists: Lists): Promise<void> {
    expect(this.#steps[0]?.scenario).toBe(scenario);
    while (this.#steps[0]?.scenario === scenario) await this.after(this.#steps[0].label, lists);
  }

  /** Lets time pass, milliseconds, and expects exactly these lists after it. */
  async passing(milliseconds: number, lists: Lists): Promise<void> {
    await this.#reaches(lists, async () => this.#misp.reach(this.#misp.clock() + milliseconds));
  }

  /** Figures of the courier's ledger. */
  summary(): Summary {
    using report = new LedgerReport(join(this.#directory, "state", LEDGER_FILE));
    return report.summary();
  }

  /** What the block lists hold now, those of them that hold anything. */
  async lists(): Promise<Lists> {
    const folder = join(this.#directory, "lists");
    const names = await readdir(folder).catch(() => []);
    const files = names
      .filter((name) => name.endsWith(".csv"))
      .map(async (name) => {
        const lines = (await readFile(join(folder, name), "utf8")).split("\n").slice(1, -1);
        return [name.slice(0, -4), lines.filter((line) => line !== PRIVATE).sort()] as const;
      });
    return Object.fromEntries((await Promise.all(files)).filter(([, lines]) => lines.length > 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#misp[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #run(settings: Record<string, unknown>): Promise<void> {
    const file = join(this.#directory, "config.yaml");
    await writeFile(file, stringify({ ...this.#plain(), ...settings }));
    const heard = Promise.all(TOPICS.map((topic) => this.#misp.heard(`${topic} `)));
    this.#running = runCourier({
      config: loadConfig(file, {}),
      log: this.#log(),
      signal: this.#stop.signal,
      clock: this.#misp.clock,
      observer: {
        heard: (notices) => notices.forEach((notice) => this.#note(notice)),
        delivered: (_, { delta }) => void this.#delivered.push(delta),
      },
    });
    await Promise.race([heard, this.#running]);
  }

  #plain() {
    const { endpoint, rest } = this.#misp;
    return {
      misp: { url: rest.url, key: rest.key, zeromq: endpoint, timeout: "5s" },
      // The recordings hold neither the entries of warninglists nor the courier's own writing.
      warninglists: { from_misp: false },
      curation: { enabled: false },
      targets: { blocklists: { type: "csv", directory: "./lists" } },
      state: "./state",
    };
  }

  #log(): Logger {
    const complain = (sentence: string, facts?: Record<string, unknown>) =>
      void this.complaints.push(`${sentence} ${JSON.stringify(facts)} ${facts?.error ?? ""}`);
    return { error: complain, warn: complain, info: () => {}, debug: () => {} };
  }

  #note(notice: Notice): void {
    if (notice.kind === "alive") this.#alive = notice.uptime;
    if (notice.kind !== "event" || notice.how !== "answer" || !notice.event.published) return;
    this.#confirmed.set(String(notice.event.id), notice.event.publishTimestamp);
  }

  async #play(): Promise<void> {
    const step = this.#steps.shift();
    if (!step) throw new Error("The recording is over");
    await this.#misp.play(step);
    const alive = this.#alive + 1;
    await this.#misp.sayAlive(alive);
    const published = step.events.filter(({ id, published }) => published && publications(step).has(id));
    await eventually(async () => {
      expect(this.#alive).toBe(alive);
      for (const event of published) expect(this.#confirmed.get(event.id)).toBe(Number(event.publish_timestamp));
    });
  }

  /** What the courier adds and removes on the way must be the difference and nothing else: no detour. */
  async #reaches(lists: Lists, act: () => Promise<void>): Promise<void> {
    const before = await this.lists();
    this.#delivered = [];
    await act();
    await eventually(async () => {
      const { reviewing, targets } = this.summary();
      expect({ reviewing, lag: targets.map(({ lag }) => lag) }).toEqual({ reviewing: false, lag: [0] });
      expect(await this.lists()).toEqual(sorted(lists));
    }, 5_000);
    const added = this.#delivered.flatMap(({ add }) => add);
    const removed = this.#delivered.flatMap(({ remove }) => remove);
    expect({ added: lines(added), removed: lines(removed) }).toEqual({
      added: difference(lists, before),
      removed: difference(before, lists),
    });
  }
}

function sorted(lists: Lists): Lists {
  return Object.fromEntries(
    Object.entries(lists)
      .map(([type, values]) => [type, [...values].sort()])
      .filter(([, values]) => values?.length),
  );
}

function lines(indicators: readonly { type: string; value: string }[]): string[] {
  return indicators
    .filter(({ value }) => value !== PRIVATE)
    .map(({ type, value }) => `${type} ${value}`)
    .sort();
}

/** What the first lists hold and the second do not. */
function difference(these: Lists, those: Lists): string[] {
  const held = (lists: Lists) =>
    Object.entries(lists).flatMap(([type, values]) => values.map((value) => ({ type, value })));
  const others = new Set(lines(held(those)));
  return lines(held(these)).filter((line) => !others.has(line));
}
