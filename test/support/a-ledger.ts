import { join } from "node:path";
import { onTestFinished } from "vitest";
import { compileRules, type RuleSettings, type TargetTimes } from "../../src/curation/rules.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import type { Question } from "../../src/ledger/questions.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import type { EventFacts } from "../../src/model/misp.ts";
import type { Notice, Telling } from "../../src/model/notice.ts";
import type { Reason } from "../../src/model/verdict.ts";
import { aFolder } from "./a-folder.ts";
import { aSighting } from "./a-sighting.ts";
import { anAttribute, NOW } from "./an-attribute.ts";
import { anEvent, aPublication } from "./an-event.ts";
import { ruleSettings } from "./rule-settings.ts";

/** A ledger in a folder of its own, on a clock that only moves when it is told to. */
export class ALedger {
  readonly file: string;
  /** Milliseconds. */
  now = NOW * 1000;
  #settings: RuleSettings;
  readonly #targets: readonly TargetTimes[];
  #ledger: Ledger;

  constructor(
    settings: RuleSettings = ruleSettings(),
    file: string = join(aFolder(), "ledger.sqlite"),
    targets: readonly TargetTimes[] = [],
  ) {
    this.file = file;
    this.#settings = settings;
    this.#targets = targets;
    this.#ledger = this.#open();
    this.reviewed();
    onTestFinished(() => this.#ledger[Symbol.dispose]());
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** As after a crash or a restart, perhaps under other rules. */
  reopen(settings: RuleSettings = this.#settings): void {
    this.#ledger[Symbol.dispose]();
    this.#settings = settings;
    this.#ledger = this.#open();
  }

  /** What the feed says, in one batch. */
  hear(...notices: Notice[]): Question[] {
    return this.#ledger.apply(notices);
  }

  /** What REST answers to a question that was asked `age` milliseconds ago. */
  answer(notices: Notice[], age = 0): Question[] {
    return this.#ledger.apply(notices, { asked: this.now - age });
  }

  /** REST confirms the publication of an event, and what follows from it is judged. */
  published(facts: Partial<EventFacts> = {}): void {
    this.answer([aPublication(facts)]);
    this.reviewed();
  }

  /** Judges all that asks for it; returns how much that was. */
  reviewed(): number {
    for (let judged = 0; ; ) {
      const review = this.#ledger.review();
      judged += review.judged;
      if (!review.more) return judged;
    }
  }

  /** Lets seconds pass, and judges what they change. */
  pass(seconds: number): void {
    this.now += seconds * 1000;
    this.reviewed();
  }

  /** Why an indicator is withheld; `null`: it is active, `undefined`: the ledger never heard of it. */
  standing(value = "bad.example", type = "domain"): Reason | null | undefined {
    return this.report((report) => report.indicators([value]).find((row) => row.type === type)?.withheld);
  }

  report<Result>(read: (report: LedgerReport) => Result): Result {
    using report = new LedgerReport(this.file);
    return read(report);
  }

  #open(): Ledger {
    const settings = this.#settings;
    const rulesDigest = JSON.stringify(settings);
    return new Ledger({
      file: this.file,
      rules: compileRules(settings, this.#targets),
      rulesDigest,
      clock: () => this.now,
    });
  }
}

/** An attribute as the feed or REST tells it, with its event beside it. */
export function told(
  facts: Parameters<typeof anAttribute>[0] = {},
  how: Telling = "add",
  event: Partial<EventFacts> = {},
): Notice {
  const attribute = anAttribute(facts);
  const beside = anEvent({ id: attribute.eventId, ...event, timestamp: undefined, publishTimestamp: undefined });
  return { kind: "attribute", attribute, event: { ...beside, tags: undefined }, how };
}

/** A sighting as the feed tells it. */
export function sighted(facts: Parameters<typeof aSighting>[0] = {}): Notice {
  return { kind: "sighting", sighting: aSighting(facts), how: "heard" };
}

/** An event's own facts as the feed tells them. */
export function heardEvent(facts: Partial<EventFacts> = {}): Notice {
  return { kind: "event", event: anEvent(facts), how: "heard" };
}
