import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { expect } from "vitest";
import { type Faults, noFaults } from "../../src/demo/stand-in/faults.ts";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { eventually } from "../support/running-courier.ts";
import type { ChildCourier } from "./child-courier.ts";
import { askToCatchUp } from "./converged.ts";

/** Something that goes wrong between a MISP, a courier and its target, or comes right again. */
export type Trouble =
  | { goesWrong: "messages"; lost: number }
  | { goesWrong: "publisher"; downFor: number; byPriority: boolean }
  | { goesWrong: "rest"; how: Partial<Faults> }
  | { goesWrong: "lists away" | "list blocked" | "kill" | "restart" | "catch-up" | "nothing" };

/** Any trouble; each is in force until the next of its kind, or until {@link Troubles.calm}. */
export function troubles(): fc.Arbitrary<Trouble> {
  const rest = fc.constantFrom<Partial<Faults>>(
    {},
    { restDown: true },
    { restDelay: 300 },
    { restStatus: 500 },
    { restStatus: 403 },
    { restStatus: 429 },
    { emptyAnswers: true },
    { errorInside: true },
    { truncated: true },
    { truncated: "connection" },
  );
  return fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ goesWrong: fc.constant("messages" as const), lost: fc.integer({ min: 1, max: 5 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        goesWrong: fc.constant("publisher" as const),
        downFor: fc.constantFrom(0, 150),
        byPriority: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ goesWrong: fc.constant("rest" as const), how: rest }) },
    {
      weight: 4,
      arbitrary: fc.record({
        goesWrong: fc.constantFrom("lists away", "list blocked", "kill", "restart", "catch-up", "nothing" as const),
      }),
    },
  );
}

/** Brings troubles about, and ends them. */
export class Troubles {
  readonly #misp: StandInMisp;
  readonly #courier: ChildCourier;
  #away = false;
  #blocked = false;

  constructor(misp: StandInMisp, courier: ChildCourier) {
    this.#misp = misp;
    this.#courier = courier;
  }

  async begin(trouble: Trouble): Promise<void> {
    const { faults } = this.#misp;
    switch (trouble.goesWrong) {
      case "messages":
        faults.dropFrames = trouble.lost;
        break;
      case "publisher":
        faults.byPriority = trouble.byPriority;
        await this.#misp.restartPublisher({ downFor: trouble.downFor });
        break;
      case "rest":
        Object.assign(faults, noFaults(), { dropFrames: faults.dropFrames }, trouble.how);
        break;
      case "lists away":
        await this.#takeListsAway();
        break;
      case "list blocked":
        await this.#blockList();
        break;
      case "catch-up":
        if (this.#courier.running) await askToCatchUp(this.#courier);
        break;
      case "kill":
      case "restart":
        await this.#end(trouble.goesWrong);
    }
  }

  /** Nothing goes wrong any more, and the courier runs. */
  async calm(): Promise<void> {
    Object.assign(this.#misp.faults, noFaults());
    await this.#giveBack();
    if (!this.#courier.running) this.#courier.start();
    await this.#courier.hears();
  }

  /** As a mount that goes away: nothing of the folder is there. */
  async #takeListsAway(): Promise<void> {
    await this.#giveBack();
    // One that is still starting would make the folder anew.
    if (this.#courier.running) await this.#courier.hears();
    this.#away = await rename(this.#courier.lists, `${this.#courier.lists}.away`).then(...YES_OR_NO);
  }

  /** Other files can be written, so that a delta is taken in part. */
  async #blockList(): Promise<void> {
    await this.#giveBack();
    const file = join(this.#courier.lists, "domain.csv");
    await this.#atOnce(async () => {
      this.#blocked = await rename(file, `${file}.aside`).then(...YES_OR_NO);
      if (this.#blocked) await mkdir(file);
    });
  }

  async #giveBack(): Promise<void> {
    const { lists } = this.#courier;
    if (this.#blocked) {
      await this.#atOnce(async () => {
        await rm(join(lists, "domain.csv"), { recursive: true });
        await rename(join(lists, "domain.csv.aside"), join(lists, "domain.csv"));
      });
    }
    if (this.#away) await rename(`${lists}.away`, lists);
    this.#blocked = false;
    this.#away = false;
  }

  /** The courier stands still meanwhile: a file that it wrote in the middle of an exchange would be lost to it. */
  async #atOnce(exchange: () => Promise<void>): Promise<void> {
    const { pid } = this.#courier;
    if (pid !== undefined) await haveStandStill(pid);
    try {
      await exchange();
    } finally {
      if (pid !== undefined) process.kill(pid, "SIGCONT");
    }
  }

  async #end(how: "kill" | "restart"): Promise<void> {
    if (how === "kill") await this.#courier.kill();
    else await this.#courier.stop();
    // A folder that is not there at the start is made anew, as for a first start.
    await this.#giveBack();
    this.#courier.start();
  }
}

/** A thread in a call to the system ends it first: one that looks for a file while it is exchanged would find none. */
async function haveStandStill(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  // Elsewhere a moment has to do.
  if (process.platform !== "linux") return pause(100);
  await eventually(async () => expect(new Set(await statesOfThreads(pid))).toEqual(new Set(["T"])));
}

/** A letter for each thread, as Linux tells it. */
async function statesOfThreads(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const told = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, "utf8")));
  // The name stands before it, in brackets, and may hold anything.
  return told.map((line) => line.charAt(line.lastIndexOf(")") + 2));
}

const YES_OR_NO = [() => true, () => false] as const;
