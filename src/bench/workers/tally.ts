import type { Observer } from "../../courier/courier.ts";
import type { Step } from "../../ledger/delta/step.ts";
import { type Logger, silent } from "../../log.ts";
import type { Notice } from "../../model/notice.ts";
import { cpuTaken, wallClock } from "../measure.ts";

/** How many attribute messages of the feed are to be saved, and how many indicators added at the target. */
export interface Goal {
  saved: number;
  added: number;
}

/** When each half of a goal was reached, milliseconds since 1970, and the CPU time until both were, microseconds. */
export interface Reached {
  savedAt: number;
  addedAt: number;
  cpu: number;
}

/** How a message of its own tells of an attribute: neither a publication nor an answer of REST. */
const TOLD: ReadonlySet<string> = new Set(["add", "edit"]);

/** Watches a courier: counts what it saves and what its targets take, and notes when a goal is reached. */
export class Tally implements Observer {
  readonly log: Logger;
  saved = 0;
  added = 0;
  /** How many times it has caught up with MISP. */
  caughtUp = 0;
  reached: Promise<Reached> = Promise.resolve({ savedAt: 0, addedAt: 0, cpu: 0 });
  #look: () => void = () => undefined;

  constructor(report: (text: string) => void) {
    this.log = {
      ...silent,
      info: (sentence) => {
        if (sentence === "In step with MISP") this.caughtUp += 1;
      },
      error: (sentence, facts) => report(`${sentence}: ${String(facts?.error)}`),
    };
  }

  /** Counts anew, towards a goal. */
  begin(goal: Goal): void {
    const before = cpuTaken();
    Object.assign(this, { saved: 0, added: 0 });
    this.reached = new Promise((resolve) => {
      const at = { savedAt: 0, addedAt: 0 };
      this.#look = () => {
        if (this.saved >= goal.saved) at.savedAt ||= wallClock();
        if (this.added >= goal.added) at.addedAt ||= wallClock();
        if (at.savedAt === 0 || at.addedAt === 0) return;
        this.#look = () => undefined;
        resolve({ ...at, cpu: cpuTaken() - before });
      };
    });
    this.#look();
  }

  heard(notices: readonly Notice[]): void {
    for (const notice of notices) if (notice.kind === "attribute" && TOLD.has(notice.how)) this.saved += 1;
    this.#look();
  }

  delivered(_target: string, { delta }: Step): void {
    this.added += delta.add.length;
    this.#look();
  }
}
