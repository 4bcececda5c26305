import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../log.ts";
import { conditionsOf, earlyIn, type Facts } from "./conditions.ts";
import { type Notifier, TellLater } from "./notifier.ts";
import type { Outbox } from "./outbox.ts";
import { type Word, wordsFor } from "./words.ts";

export interface AlarmOptions {
  facts: () => Promise<Facts>;
  notifiers: readonly Notifier[];
  outbox: Outbox;
  warn: Log;
}

/** How often the facts are looked at, milliseconds. */
const TICK = 5_000;
/** Between two messages of one notifier, and after its failures, milliseconds. */
const PACE = { between: 1_000, firstRetry: 2_000, longestRetry: 300_000 };
/** How many words one message takes, so that it stays within what chats allow. */
const DIGEST = 5;
/** After so many failures in a row each word is tried by itself: one that is refused for what it says must not hold up the others. */
const SUSPICIOUS = 2;

/** Looks at the facts every few seconds and tells people what changed, through every notifier at its own pace. */
export class Alarm implements AsyncDisposable {
  readonly #options: AlarmOptions;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #telling = new Map<string, Promise<void>>();
  #looking: Promise<void> | undefined;
  #saved = true;

  constructor(options: AlarmOptions) {
    this.#options = options;
    options.outbox.keepOnly(options.notifiers.map(({ name }) => name));
    this.#timer = setInterval(() => void this.look(), TICK);
    for (const notifier of options.notifiers) this.#wake(notifier);
  }

  /** Looks at the facts now; one look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** What could not be told by now waits in the outbox for the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#looking;
    await Promise.all(this.#telling.values());
  }

  async #look(): Promise<void> {
    const { facts, outbox, notifiers, warn } = this.#options;
    try {
      const known = await facts();
      const { raised, words } = wordsFor(outbox.raised, conditionsOf(known), known.now, earlyIn(known));
      const changed = JSON.stringify(raised) !== JSON.stringify(outbox.raised);
      outbox.raised = raised;
      for (const { name } of notifiers) outbox.add(name, words);
      if (words.length > 0 || changed) await this.#save();
      if (words.length > 0) for (const notifier of notifiers) this.#wake(notifier);
    } catch (error) {
      warn("Whether there is something to alert about cannot be told", { error });
    }
  }

  /** On a disk that is full, words are told all the same: it is then that people want to hear of it. */
  async #save(): Promise<void> {
    const { outbox, warn } = this.#options;
    try {
      await outbox.save();
      this.#saved = true;
    } catch (error) {
      if (this.#saved)
        warn("Alerts cannot be saved: a restart would forget what waits, and say again what was told", { error });
      this.#saved = false;
    }
  }

  #wake(notifier: Notifier): void {
    if (this.#telling.has(notifier.name)) return;
    const telling = this.#tellAll(notifier).finally(() => this.#telling.delete(notifier.name));
    this.#telling.set(notifier.name, telling);
  }

  async #tellAll(notifier: Notifier): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const words = this.#next(notifier, failures);
      if (words.length === 0) return;
      const wait = await this.#tell(notifier, words, failures);
      failures = wait === undefined ? 0 : failures + 1;
      await pause(wait ?? PACE.between, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #next({ name }: Notifier, failures: number): readonly Word[] {
    const waiting = this.#options.outbox.waiting(name);
    if (failures < SUSPICIOUS) return waiting.slice(0, DIGEST);
    const turn = failures % waiting.length;
    return waiting.slice(turn, turn + 1);
  }

  /** One try; returns how long to wait before the next when it failed, milliseconds. */
  async #tell(notifier: Notifier, words: readonly Word[], failures: number): Promise<number | undefined> {
    const { outbox, warn } = this.#options;
    try {
      await notifier.tell(words, this.#stop.signal);
      outbox.remove(notifier.name, words);
      await this.#save();
      return undefined;
    } catch (error) {
      const usual = Math.min(PACE.longestRetry, PACE.firstRetry * 2 ** failures);
      const wait = error instanceof TellLater ? error.wait : usual;
      if (!this.#stop.signal.aborted) warn("An alert cannot be told now", { by: notifier.name, error, wait });
      return wait;
    }
  }
}
