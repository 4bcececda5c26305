import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { runCourier } from "../../src/courier/courier.ts";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { LedgerReport, type Summary } from "../../src/ledger/report/report.ts";
import type { Logger } from "../../src/log.ts";
import { TOPICS } from "../../src/misp/messages.ts";
import type { Delta } from "../../src/model/delta.ts";
import type { Notice } from "../../src/model/notice.ts";
import { counted, difference, type Lists, lines, readLists } from "./lists.ts";
import { publications, readScenario, type Step } from "./recording.ts";
import { ReplayedMisp } from "./replayed-misp.ts";
import { eventually } from "./running-courier.ts";

interface Recorded extends Step {
  scenario: string;
}

async function recorded(scenarios: readonly string[]): Promise<Recorded[]> {
  const read = scenarios.map(async (scenario) => (await readScenario(scenario)).map((step) => ({ ...step, scenario })));
  return (await Promise.all(read)).flat();
}

/** A courier that follows a recorded MISP from one request to the next, with block lists in a folder of its own. */
export class Replay implements AsyncDisposable {
  /** Warnings and errors of the courier. */
  readonly complaints: string[] = [];
  readonly #misp: ReplayedMisp;
  readonly #directory: string;
  readonly #stop = new AbortController();
  readonly #steps: Recorded[];
  readonly #singly: boolean;
  #running: Promise<void> = Promise.resolve();
  #uptime = 1_000;
  #alive = 0;
  /** Events of which REST has told the courier, since the last step, that they are published. */
  readonly #confirmed = new Set<string>();
  #delivered: Delta[] = [];

  private constructor(misp: ReplayedMisp, directory: string, steps: Recorded[], singly: boolean) {
    this.#misp = misp;
    this.#directory = directory;
    this.#steps = steps;
    this.#singly = singly;
  }

  /**
   * Starts a courier before the first of the named scenarios; `settings` are laid over a plain configuration. What the
   * scenarios of `history` made of MISP is there already, and the courier has heard nothing of it nor can catch up. With `singly` each
   * message is worked on to the end before the next one comes.
   */
  static async start(
    scenarios: readonly string[],
    settings: Record<string, unknown> = {},
    { history = [], singly = false }: { history?: readonly string[]; singly?: boolean } = {},
  ): Promise<Replay> {
    const steps = await recorded(scenarios);
    const misp = await ReplayedMisp.open();
    for (const step of await recorded(history)) misp.rest.become({ ...step, frames: [] });
    misp.rest.busy = history.length > 0;
    misp.reach((steps[0]?.at ?? 0) - 1_000);
    const replay = new Replay(misp, await mkdtemp(join(tmpdir(), "courier-")), steps, singly);
    await replay.#run(settings);
    return replay;
  }

  /** Plays everything up to a scenario, so that its test does not depend on those before it. */
  async until(scenario: string): Promise<void> {
    while (this.#steps.length > 0 && this.#steps[0]?.scenario !== scenario) await this.#play();
  }

  /**
   * Plays the next step, which must be the one so labelled, lets time pass (`later`, milliseconds), and expects exactly
   * these lists, reached without a detour.
   */
  async after(label: string, lists: Lists, later = 0): Promise<void> {
    expect(this.#steps[0]?.label).toBe(label);
    await this.#reaches(lists, async () => {
      await this.#play();
      this.#misp.reach(this.#misp.clock() + later);
    });
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

  /** Resolves when an event that nobody speaks of any more has been curated. */
  async quiet(): Promise<void> {
    await pause(1_500);
  }

  /** What the courier wrote to MISP. */
  get writes(): readonly { path: string; body: unknown }[] {
    return this.#misp.rest.writes;
  }

  /** Figures of the courier's ledger. */
  summary(): Summary {
    using report = new LedgerReport(join(this.#directory, "state", LEDGER_FILE));
    return report.summary();
  }

  /** What the block lists hold now. */
  lists(): Promise<Lists> {
    return readLists(join(this.#directory, "lists"));
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
        heard: (notices) => void notices.map((notice) => this.#note(notice)),
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
    const complain = (sentence: string, facts?: Record<string, unknown>) => {
      // The clock goes on by what lay between two steps, and of what MISP said when idle nothing was recorded.
      if (facts?.cause === "silence") return;
      this.complaints.push(`${sentence} ${JSON.stringify(facts)} ${facts?.error ?? ""}`);
    };
    return { error: complain, warn: complain, info: () => {}, debug: () => {} };
  }

  #note(notice: Notice): void {
    if (notice.kind === "alive") this.#alive = notice.uptime;
    const answered = notice.kind === "event" && notice.how === "answer" && notice.event.published;
    if (answered) this.#confirmed.add(String(notice.event.id));
  }

  async #play(): Promise<void> {
    const step = this.#steps.shift();
    if (!step) throw new Error("The recording is over");
    this.#confirmed.clear();
    this.#misp.begin(step);
    for (const frame of step.frames) {
      await this.#misp.send(frame);
      if (this.#singly) await this.#workedOn([]);
    }
    const sent = publications(step).map(({ id }) => id);
    await this.#workedOn(step.events.filter(({ id, published }) => published && sent.includes(id)).map(({ id }) => id));
  }

  /** Resolves when the courier has done all that follows from what was sent, and knows that these events are published. */
  async #workedOn(published: readonly string[]): Promise<void> {
    this.#uptime += 1;
    await this.#misp.sayAlive(this.#uptime);
    await eventually(async () => {
      expect(this.#alive).toBe(this.#uptime);
      expect([...this.#confirmed]).toEqual(expect.arrayContaining([...published]));
      const { reviewing, targets } = this.summary();
      expect({ reviewing, lag: targets.map(({ lag }) => lag) }).toEqual({ reviewing: false, lag: [0] });
    });
  }

  /** What the courier adds and removes on the way must be the difference and nothing else: no detour. */
  async #reaches(lists: Lists, act: () => Promise<void>): Promise<void> {
    const before = await this.lists();
    this.#delivered = [];
    await act();
    await eventually(async () => {
      expect(counted(await this.lists())).toEqual(counted(lists));
      expect(lines(this.#delivered.flatMap(({ add }) => add))).toEqual(difference(lists, before));
      expect(lines(this.#delivered.flatMap(({ remove }) => remove))).toEqual(difference(before, lists));
    });
  }
}
