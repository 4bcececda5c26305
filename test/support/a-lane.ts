import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { Journal } from "../../src/delivery/journal.ts";
import { Lane, type LaneOptions } from "../../src/delivery/lane.ts";
import { silent } from "../../src/log.ts";
import { aFolder } from "./a-folder.ts";
import type { ALedger } from "./a-ledger.ts";
import type { ATarget } from "./a-target.ts";
import { aView } from "./a-view.ts";

/** A lane on the ledger's clock, with what it wrote to the log and a journal of its own. */
export class ALane {
  readonly lane: Lane;
  readonly journal: Journal;
  readonly target: ATarget;
  /** Level, sentence and facts of each entry. */
  readonly logged: [level: string, sentence: string, facts: Record<string, unknown> | undefined][];

  private constructor(lane: Lane, journal: Journal, target: ATarget, logged: ALane["logged"]) {
    this.lane = lane;
    this.journal = journal;
    this.target = target;
    this.logged = logged;
  }

  static async open(ledger: ALedger, target: ATarget, options: Partial<LaneOptions> = {}): Promise<ALane> {
    const journal = options.journal ?? (await Journal.open(join(aFolder(), "journal.json")));
    const view = options.view ?? aView();
    ledger.ledger.deltas.register(view);
    const logged: ALane["logged"] = [];
    const log = {
      ...silent,
      error: (...[sentence, facts]: Parameters<typeof silent.error>) => void logged.push(["error", sentence, facts]),
      warn: (...[sentence, facts]: Parameters<typeof silent.warn>) => void logged.push(["warn", sentence, facts]),
    };
    const { deltas, holdings } = ledger.ledger;
    const limits = { max_removed: { percent: 100, at_least: 100 }, max_added: null, never_empty: false };
    const ways = { view, target, deltas, holdings, journal, log };
    const basics = { ...ways, batch: 100, limits, clock: () => ledger.now, random: () => 0 };
    const lane = new Lane({ ...basics, ...options });
    onTestFinished(() => lane.stop(0));
    return new ALane(lane, journal, target, logged);
  }

  get entry() {
    return this.journal.entry(this.lane.name);
  }

  /** Resolves once so many tries in a row have failed and that is on record. */
  readonly failed = (attempts: number): Promise<void> =>
    until(() => this.entry.attempts === attempts && this.logged.length >= attempts);
}

/** Resolves as soon as this is so. */
export async function until(so: () => boolean): Promise<void> {
  const check = () => {
    if (!so()) throw new Error("it has not come to that");
  };
  await vi.waitFor(check, { timeout: 40_000, interval: 2 });
}
