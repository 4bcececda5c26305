import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { failureOf } from "../../kafka/failure.ts";
import { leadElsewhere, type Marks, marksOf } from "../../kafka/marks.ts";
import { Progress } from "../../kafka/progress.ts";
import { type Portion, TopicReader } from "../../kafka/reader.ts";
import { CAUGHT_UP } from "../../ledger/facts.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Logger } from "../../log.ts";
import type { LineEvent } from "../../misp/feed.ts";
import type { Intake } from "./intake.ts";
import { noticesOf } from "./topic-notices.ts";

export interface TopicFollowerOptions {
  kafka: Kafka;
  topic: string;
  /** After so many seconds without reading, everything is read again. */
  rereadAfter: number;
  ledger: Ledger;
  intake: Intake;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  line: (event: LineEvent) => void;
  /** What was in the topic when reading began is in the ledger. */
  inStep: () => void;
}

/** Facts of the ledger: where to read on, by partition, and in which topic; which reading this is; since when it goes from the beginning, milliseconds. */
const FACTS = { positions: "followed", topic: "followed-topic", reading: "reading", since: "reading-since" };
/** Between two tries to reach brokers, and how often it is noted that the topic is being read; milliseconds. */
const WAIT = { again: 2_000, note: 30_000 };
/** How often it is looked again before a topic that ends before where it was left is taken for another one. */
const DOUBTS = 5;
/** How many attributes are looked at in one go for those that the topic no longer has. */
const SLICE = 10_000;

/**
 * Follows the topic that other couriers write. Where to read on is saved with what was read, so that nothing is left out and
 * nothing counts twice, whenever it is stopped. What left the topic too long ago is told no more: whoever was away for long
 * reads everything again, and what was not told then is gone.
 */
export class TopicFollower {
  readonly #options: TopicFollowerOptions;
  #progress = new Progress([]);
  #reader: TopicReader | undefined;
  #isInStep = false;
  #again = false;

  constructor(options: TopicFollowerOptions) {
    this.#options = options;
  }

  /** Whether the ledger has been in step with the topic since this began. */
  get isInStep(): boolean {
    return this.#isInStep;
  }

  /** Follows until stopped. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    const timer = setInterval(() => this.#note(), WAIT.note);
    const close = () => this.#reader?.close();
    signal.addEventListener("abort", close, { once: true });
    try {
      for (let doubts = 0; !signal.aborted; ) {
        const marks = await this.#marks();
        doubts = marks && leadElsewhere(this.#saved(), marks) ? doubts + 1 : 0;
        if (marks && (doubts === 0 || doubts > DOUBTS)) await this.#follow(marks);
        else await pause(WAIT.again, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", close);
    }
  }

  /** Reads everything again, as if for the first time. */
  reread(): void {
    this.#again = true;
    this.#reader?.close();
  }

  async #marks(): Promise<Marks[] | undefined> {
    const { kafka, topic, line, clock } = this.#options;
    try {
      return await marksOf(kafka, topic);
    } catch (error) {
      line({ kind: "disconnected", at: clock(), cause: failureOf(error).message });
      return undefined;
    }
  }

  async #follow(marks: readonly Marks[]): Promise<void> {
    const { kafka, topic, line, clock, signal } = this.#options;
    this.#progress = this.#resumed(marks);
    const reader = new TopicReader({
      kafka,
      topics: [topic],
      // Of its own: each forwarder must get every partition, also one that runs on a copy of another's state.
      group: `misp-courier-${randomUUID()}`,
      position: (_, partition) => this.#progress.at(partition),
      reached: (_, partition, next) => this.#reached(partition, next),
      noticed: (event) => {
        if (event.connected) this.#found();
        else line({ kind: "disconnected", at: clock(), cause: event.cause });
      },
    });
    this.#reader = reader;
    if (signal.aborted) return;
    this.#settle();
    for await (const portion of reader.portions()) await this.#take(portion);
  }

  /** Where to begin: where it ended, unless that leads nowhere. */
  #resumed(marks: readonly Marks[]): Progress {
    const { ledger, clock, log, topic } = this.#options;
    const saved = this.#saved();
    const progress = new Progress(marks);
    if (!saved || leadElsewhere(saved, marks) || this.#again || this.#isStale()) {
      if (saved) log.info("The topic is read again from its beginning", { topic });
      this.#again = false;
      // First: cut short after this, it begins once more.
      ledger.note(FACTS.positions, "");
      ledger.note(FACTS.topic, topic);
      ledger.note(FACTS.reading, String(this.#reading + 1));
      ledger.note(FACTS.since, String(clock()));
      return progress;
    }
    for (const { partition } of marks) progress.advance(partition, BigInt(saved[partition] ?? 0));
    return progress;
  }

  /** Where to read on, by partition, as the ledger has it. */
  #saved(): Record<string, string> | undefined {
    const { ledger, topic } = this.#options;
    const saved = ledger.fact(FACTS.topic) === topic ? ledger.fact(FACTS.positions) : undefined;
    return saved ? JSON.parse(saved) : undefined;
  }

  get #reading(): number {
    return Number(this.#options.ledger.fact(FACTS.reading) ?? 0);
  }

  #isStale(): boolean {
    const { ledger, clock, rereadAfter } = this.#options;
    const last = Math.max(Number(ledger.fact(CAUGHT_UP) ?? 0), Number(ledger.fact(FACTS.since) ?? 0));
    // When it was by a clock that was far ahead, nobody knows.
    return Math.abs(clock() - last) > rereadAfter * 1000;
  }

  #found(): void {
    const { line, clock } = this.#options;
    if (this.#isInStep && this.#isStale()) this.reread();
    line({ kind: "connected", at: clock() });
  }

  async #take({ topic, partition, records, next, saved }: Portion): Promise<void> {
    const { intake, signal } = this.#options;
    // The brokers begin at the beginning where there is nothing to go on from: this is another topic of the same name.
    if (next <= this.#progress.at(partition)) return this.reread();
    const fresh = records.filter(({ offset }) => BigInt(offset) >= this.#progress.at(partition));
    const { notices, unreadable } = noticesOf(topic, fresh);
    for (const one of unreadable) intake.skip(one);
    await intake.records(notices, this.#reading, {
      [FACTS.positions]: JSON.stringify(this.#positionsAfter(partition, next)),
    });
    if (signal.aborted) return;
    this.#reached(partition, next);
    saved();
  }

  #positionsAfter(partition: number, next: bigint): Record<string, string> {
    return { ...this.#progress.positions, [partition]: String(next) };
  }

  #reached(partition: number, next: bigint): void {
    this.#progress.advance(partition, next);
    this.#settle();
  }

  #settle(): void {
    if (!this.#progress.takeCompletion()) return;
    void this.#complete().catch((error: unknown) => {
      this.#options.log.error("What left the topic cannot be taken off", { error });
    });
  }

  /** Everything was told again: what was not has left. */
  async #complete(): Promise<void> {
    const { ledger, log, clock, inStep, signal, topic } = this.#options;
    const isWhole = Number(ledger.fact(FACTS.since) ?? 0) > 0;
    for (let after = 0; isWhole && after < ledger.followed.last && !signal.aborted; after += SLICE) {
      ledger.followed.forgetUntold(this.#reading, after, after + SLICE);
      await nextTurn();
    }
    if (signal.aborted) return;
    ledger.note(FACTS.since, "0");
    ledger.note(CAUGHT_UP, String(clock()));
    this.#isInStep = true;
    log.info("In step with the topic", { topic, ...this.#progress.done });
    inStep();
  }

  #note(): void {
    if (!this.#isInStep || !this.#reader?.connected) return;
    this.#options.ledger.note(CAUGHT_UP, String(this.#options.clock()));
    void this.#compare(this.#reader);
  }

  /** Another topic of the same name that is read on by its old positions does not tell so; then it is opened anew. */
  async #compare(reader: TopicReader): Promise<void> {
    const { kafka, topic } = this.#options;
    // First: what is read meanwhile may be behind the ends that are told.
    const saved = this.#saved();
    const marks = await marksOf(kafka, topic).catch(() => undefined);
    if (marks && leadElsewhere(saved, marks)) reader.close();
  }
}
