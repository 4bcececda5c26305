import PQueue from "p-queue";
import type { Step } from "../ledger/delta/step.ts";
import type { Refusal } from "../model/delta.ts";
import type { Indicator } from "../model/indicator.ts";
import { gather } from "./gather.ts";
import { Guard, type GuardOptions } from "./guard.ts";
import { applyIsolating, itemsOf, sizeOf, without } from "./isolate.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import { restAfter, resting } from "./pace.ts";
import { park, unpark } from "./park.ts";
import { Refill, type RefillOptions } from "./refill.ts";
import { fails, restOfWait, tellDelivery, tellFailure, works } from "./standing.ts";
import { Stride } from "./stride.ts";
import { tryOnce } from "./try-once.ts";

export interface LaneOptions extends GuardOptions, RefillOptions {
  /** How many items one delta holds at the most. */
  batch: number;
  journal: Journal;
  random: () => number;
  /** Most items in a second; no limit unless set. */
  rate?: number | undefined;
  /** Lets milliseconds pass; ends early when the signal is aborted. */
  rest?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** How long one try may take, milliseconds; two minutes unless set. */
  timeout?: number | undefined;
  /** Called after each step, with what of it the target has taken. */
  delivered?: ((target: string, step: Step) => void) | undefined;
}

const TIMEOUT = 120_000;
/** How often the position is copied to the journal while all goes well, milliseconds. */
const MIRROR = 60_000;

/** Delivers to one target: one attempt at a time, at its own pace, independently of all others. */
export class Lane {
  readonly name: string;
  readonly #options: LaneOptions;
  readonly #guard: Guard;
  readonly #refill: Refill;
  readonly #stride: Stride;
  readonly #timeout: number;
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #stop = new AbortController();
  /** Aborted when there is no more time to rest between two steps. */
  readonly #hurry = new AbortController();
  #retry: NodeJS.Timeout | undefined;
  #savedAt: number;
  #unsaved = false;
  #prepared = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.name = options.view.name;
    this.#guard = new Guard(options);
    this.#refill = new Refill(options);
    this.#timeout = options.timeout ?? TIMEOUT;
    this.#stride = new Stride(options.batch, options.rate, this.#timeout);
    this.#savedAt = options.clock();
  }

  /** Says that there may be something to deliver. Cheap: call it after every change. */
  wake(): void {
    if (this.#stop.signal.aborted || this.#retry || this.#queue.size > 0) return;
    void this.#queue.add(() => this.#drain());
  }

  /** Continues where the journal says that it was, with the rest of a wait; a target with `prepare` is tried at once. */
  start(): void {
    const { nextAttempt } = this.#journal;
    if (nextAttempt === null || this.#options.target.prepare) this.wake();
    else this.#retryIn(restOfWait(this.#journal, this.#options.clock()));
  }

  /** Forgets the wait of a target that failed. */
  retryNow(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.wake();
  }

  /** Runs something while no step is under way, and then looks for what there is to deliver. */
  async exclusively(work: () => void): Promise<void> {
    await this.#queue.add(work);
    this.wake();
  }

  /** Delivers what is there, if it is to, for at most `deadline` milliseconds, and closes the target. */
  async stop(deadline: number, deliver = true): Promise<void> {
    this.#hurry.abort();
    const waits = this.#retry !== undefined;
    clearTimeout(this.#retry);
    if (deliver && !waits) this.wake();
    const timer = setTimeout(() => this.#stop.abort(), deadline);
    await this.#queue.onIdle();
    clearTimeout(timer);
    this.#stop.abort();
    clearTimeout(this.#retry);
    if (this.#unsaved) await this.#save(this.#options.journal);
    await this.#close();
  }

  get #journal(): JournalEntry {
    return this.#options.journal.entry(this.name);
  }

  /** Step after step until the target lacks nothing, or cannot take more. */
  async #drain(): Promise<void> {
    const { deltas, view, clock, rate, rest = resting } = this.#options;
    try {
      if (!this.#prepared) await this.#prepare();
      // A wait that began while this stood in the queue holds for it, too.
      while (!this.#stop.signal.aborted && !this.#retry) {
        const limit = this.#stride.limit(this.#journal.attempts);
        const step = await gather(deltas, view, limit, await this.#guard.look(), this.#journal.parked);
        if (step.needless.length > 0) await this.#unpark(step.needless);
        const began = clock();
        this.#stride.tries(sizeOf(step.delta));
        if (!(await this.#deliver(step))) continue;
        this.#stride.works(clock() - began);
        await rest(restAfter(clock() - began, sizeOf(step.delta), rate), this.#hurry.signal);
        if (step.more || this.#guard.settle()) continue;
        if (!(await this.#once((signal) => this.#refill.first(signal)))) return;
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) await this.#failed(error);
    }
  }

  /** Done even if there is nothing to deliver: others may want to connect to what the target offers. */
  async #prepare(): Promise<void> {
    const { target, journal } = this.#options;
    await this.#once(async (signal) => target.prepare?.(signal));
    this.#prepared = true;
    if (!target.prepare || this.#journal.attempts === 0) return;
    this.#recovered();
    await this.#save(journal);
  }

  #recovered(): void {
    const { attempts } = this.#journal;
    if (attempts > 0) this.#options.log.info("The target takes deliveries again", { target: this.name, attempts });
    works(this.#journal);
  }

  /** False when the step is to be drawn anew; rejects when the target cannot take it now. */
  async #deliver(step: Step): Promise<boolean> {
    const { deltas, view, target } = this.#options;
    if (sizeOf(step.delta) === 0) {
      const moves = step.position !== deltas.progress(this.name).position;
      if (moves || step.asides.length + step.settled.length > 0) deltas.record(view, step, []);
      return true;
    }
    deltas.begin(view, step);
    // In this order: what is withdrawn while the target is asked must not go out with a step that was drawn before.
    if (await this.#once((signal) => this.#refill.needed(itemsOf(step.delta), signal))) return false;
    const refusals = await this.#once((signal) => applyIsolating(target, step.delta, signal));
    deltas.record(view, step, refusals);
    await this.#succeeded(step, refusals);
    return true;
  }

  #once<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return tryOnce(this.#timeout, this.#stop.signal, action);
  }

  async #succeeded(step: Step, refusals: readonly Refusal[]): Promise<void> {
    const { log, journal, clock, delivered } = this.#options;
    const entry = this.#journal;
    const taken = without(step.delta, refusals);
    tellDelivery(log, this.name, taken);
    const trouble = entry.attempts > 0 || refusals.length > 0 || entry.parked.length > 0;
    this.#recovered();
    entry.position = step.position;
    // Whenever its rules change it is sent all again.
    const news = park(journal, this.name, step, refusals, clock());
    if (news.length > 0) {
      const reason = news[0]?.reason;
      log.warn("The target refuses some items for good", { target: this.name, items: news.length, reason });
    }
    delivered?.(this.name, { ...step, delta: taken });
    this.#unsaved = true;
    if (trouble || clock() - this.#savedAt > MIRROR) await this.#save(journal);
  }

  async #failed(error: unknown): Promise<void> {
    const { log, journal, clock, random } = this.#options;
    this.#stride.fails(error);
    const wait = fails(this.#journal, error, clock(), random());
    tellFailure(log, this.name, error, wait);
    this.#retryIn(wait);
    await this.#save(journal);
  }

  async #unpark(needless: readonly Indicator[]): Promise<void> {
    const { journal } = this.#options;
    unpark(journal, this.name, needless);
    await this.#save(journal);
  }

  #retryIn(wait: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.retryNow(), wait);
  }

  async #close(): Promise<void> {
    try {
      await this.#options.target.close?.();
    } catch (error) {
      this.#options.log.error("The target cannot be closed", { target: this.name, error });
    }
  }

  /** If the journal cannot be written, the next start forgets a wait; nothing else may be lost by that. */
  async #save(journal: Journal): Promise<void> {
    this.#savedAt = this.#options.clock();
    try {
      await journal.save();
      this.#unsaved = false;
    } catch (error) {
      this.#options.log.error("The journal cannot be written", { error });
    }
  }
}
