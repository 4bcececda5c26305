import type { Logger } from "../log.ts";
import { LONGEST_TIMER } from "../model/longest-timer.ts";
import { NotNow } from "../targets/target.ts";
import type { Auditor, Repair } from "./auditor.ts";
import type { Drift } from "./drift.ts";

export interface AuditsOptions {
  /** Seconds between two audits of each; `null`: only when asked for. */
  auditors: readonly { auditor: Pick<Auditor, "name" | "possible" | "audit">; every: number | null }[];
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
  random: () => number;
  /** The last audit of a target, kept across starts. */
  recall: (target: string) => Drift | undefined;
  remember: (drift: Drift) => void;
}

/** The first audits after a start come at random within so many milliseconds after they are due, not all together. */
const SPREAD = 3_600_000;
/** How long after a repair the target is looked at again, milliseconds. */
const PROOF = 300_000;
const RETRY = 1_800_000;

/** Audits each target regularly, one at a time, and checks after a repair that it had an effect. */
export class Audits implements AsyncDisposable {
  readonly #options: AuditsOptions;
  readonly #stop = new AbortController();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** How much was missing before a repair whose effect was not checked yet. */
  readonly #unproved = new Map<string, number>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: AuditsOptions) {
    this.#options = options;
  }

  start(): void {
    const { auditors, clock, random, recall } = this.#options;
    for (const { auditor, every } of auditors) {
      if (every === null || !auditor.possible) continue;
      const last = recall(auditor.name)?.at;
      // A clock that was ahead for a while may have left a time to come.
      const rest = last === undefined ? 0 : Math.max(0, Math.min(last, clock()) + every * 1000 - clock());
      this.#schedule(auditor.name, rest + random() * Math.min(SPREAD, every * 1000));
    }
  }

  /** False if the target can never be read back. */
  reads(name: string): boolean {
    return this.#auditor(name)?.possible ?? true;
  }

  /**
   * Audits a target once earlier audits are done.
   * @throws NotNow when it cannot be read
   */
  async audit(name: string, repair: Repair): Promise<Drift> {
    const auditor = this.#auditor(name);
    if (!auditor?.possible) throw new NotNow(`${name} cannot be read back`);
    const turn = this.#queue.then(() => auditor.audit(repair, this.#stop.signal));
    this.#queue = turn.catch(() => undefined);
    const drift = await turn;
    this.#options.remember(drift);
    return drift;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#queue;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #auditor(name: string) {
    return this.#options.auditors.find(({ auditor }) => auditor.name === name)?.auditor;
  }

  #schedule(name: string, wait: number): void {
    if (this.#stop.signal.aborted) return;
    const timer = setTimeout(() => void this.#attend(name), Math.min(wait, LONGEST_TIMER));
    this.#timers.set(name, timer);
  }

  async #attend(name: string): Promise<void> {
    const { log } = this.#options;
    const every = this.#options.auditors.find(({ auditor }) => auditor.name === name)?.every ?? 0;
    try {
      const drift = await this.audit(name, "lost");
      this.#report(drift);
      this.#schedule(name, this.#unproved.has(name) ? Math.min(PROOF, every * 1000) : every * 1000);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (error instanceof NotNow) log.warn("The target cannot be read back now", { target: name, error });
      else log.error("Reading a target back failed unexpectedly", { target: name, error });
      this.#schedule(name, Math.min(RETRY, every * 1000));
    }
  }

  /** What was sent again and is missing again would be missing a third time: this is logged, and left to the next regular audit. */
  #report(drift: Drift): void {
    const { log } = this.#options;
    const { target, found, held, missing, stale, extra, foreign } = drift;
    const lost = missing + stale;
    const facts = { target, found, held, missing, stale, extra, foreign };
    const before = this.#unproved.get(target);
    this.#unproved.delete(target);
    if (lost + extra === 0) {
      log.info("The target holds what it is believed to hold", facts);
      return;
    }
    const inVain = before !== undefined && lost >= before;
    if (inVain) log.error("The target says that it takes what it then does not hold", facts);
    else if (lost > 0) {
      this.#unproved.set(target, lost);
      log.warn("The target has lost some of what it held; it is sent again", facts);
    }
    if (extra > 0) log.warn("The target holds what it is not to hold; `drift --repair` takes it off", facts);
  }
}
