import { randomUUID } from "node:crypto";
import type { Delta, Entry, Refusal } from "../../model/delta.ts";
import { type Indicator, keyOf, nameOf } from "../../model/indicator.ts";
import type { RestAnswer } from "../../rest/rest.ts";
import { retryAfter } from "../../rest/retry-after.ts";
import type { Ask } from "../rest-target.ts";
import { NotNow } from "../target.ts";
import type { Tell } from "../tell.ts";
import { fieldOf, isDone } from "./answers.ts";
import type { CollectorSettings } from "./settings.ts";

const EVENTS_IN_ONE = 500;
/** So many requests may wait for their acknowledgement. */
const MOST_UNCONFIRMED = 64;
/** What is not acknowledged after that time is sent again, milliseconds. */
const PATIENCE = 5 * 60_000;

export interface CollectorOptions {
  /** The target's name, which becomes the events' source. */
  name: string;
  settings: CollectorSettings;
  ask: Ask;
  tell: Tell;
  /** Unix milliseconds. */
  clock: () => number;
}

interface Unconfirmed {
  id: number;
  body: Buffer;
  sent: number;
}

/**
 * Splunk's HTTP Event Collector: an event for each change. Where it offers acknowledgement, what was sent is kept until it is
 * acknowledged, which is asked for before the next events go out, and sent again when that takes too long.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #channel = randomUUID();
  #unconfirmed: Unconfirmed[] = [];

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /**
   * Sends the changes of a delta but for what was refused.
   * @throws NotNow
   */
  async send(delta: Delta, refusals: readonly Refusal[], signal: AbortSignal): Promise<void> {
    const events = eventsOf(delta, refusals);
    if (events.length === 0) return;
    await this.#confirm(signal);
    for (let start = 0; start < events.length; start += EVENTS_IN_ONE) {
      const portion = events.slice(start, start + EVENTS_IN_ONE);
      await this.#portion(
        portion.map((event) => JSON.stringify(this.#wrap(event))),
        signal,
      );
    }
  }

  /** Sends some events; in halves what the collector, or a proxy before it, finds too large. */
  async #portion(events: readonly string[], signal: AbortSignal): Promise<void> {
    // As bytes: one JSON text after the other is no JSON, and would go out as a quoted text.
    const isTaken = await this.#post(Buffer.from(events.join("\n")), events.length > 1, signal);
    if (isTaken) return;
    const middle = Math.ceil(events.length / 2);
    await this.#portion(events.slice(0, middle), signal);
    await this.#portion(events.slice(middle), signal);
  }

  async #confirm(signal: AbortSignal): Promise<void> {
    if (this.#unconfirmed.length === 0) return;
    const acks = this.#unconfirmed.map(({ id }) => id);
    const answer = await this.#ask("/services/collector/ack", { acks }, signal);
    // 400: it was switched off, or the collector has forgotten the channel. What waits for it is sent again in time.
    if (!isDone(answer) && answer.status !== 400) throw this.#failure(answer);
    const told = fieldOf(answer.body, "acks");
    this.#unconfirmed = this.#unconfirmed.filter(({ id }) => fieldOf(told, `${id}`) !== true);
    const late = this.#unconfirmed.filter(({ sent }) => this.#options.clock() - sent > PATIENCE);
    for (const { id, body } of late) {
      await this.#post(body, false, signal);
      this.#unconfirmed = this.#unconfirmed.filter((other) => other.id !== id);
    }
    if (this.#unconfirmed.length >= MOST_UNCONFIRMED)
      throw new NotNow(`the event collector does not acknowledge: ${this.#unconfirmed.length} requests wait for it`);
  }

  /** False where it is too large for one request, if it can be sent in several. */
  async #post(body: Buffer, isDivisible: boolean, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#ask("/services/collector/event", body, signal);
    if (answer.status === 413 && isDivisible) return false;
    if (!isDone(answer) || fieldOf(answer.body, "code") !== 0) throw this.#failure(answer);
    const id = fieldOf(answer.body, "ackId");
    if (typeof id === "number") this.#unconfirmed.push({ id, body, sent: this.#options.clock() });
    return true;
  }

  #ask(path: string, body: unknown, signal: AbortSignal): Promise<RestAnswer> {
    const headers = { "Content-Type": "application/json", "X-Splunk-Request-Channel": this.#channel };
    return this.#options.ask({ method: "POST", path, query: { channel: this.#channel }, body, headers }, signal);
  }

  #wrap(event: object): object {
    const { name, settings, clock } = this.#options;
    const index = settings.index === undefined ? {} : { index: settings.index };
    const source = `misp-courier:${name}`;
    return { time: clock() / 1000, host: "misp-courier", source, sourcetype: "misp:courier:delta", ...index, event };
  }

  #failure(answer: RestAnswer): NotNow {
    const { tell, clock } = this.#options;
    const { status, body } = answer;
    const words = tell(String(fieldOf(body, "text") ?? "no words"));
    const code = fieldOf(body, "code");
    const told = typeof code === "number" ? `${words}, code ${code}` : words;
    return new NotNow(`the event collector answered ${status} (${told})`, {
      wait: retryAfter(answer.headers, clock()),
    });
  }
}

function eventsOf({ add, renew, remove }: Delta, refusals: readonly Refusal[]): object[] {
  const refused = new Set(refusals.map(nameOf));
  const taken = (item: Indicator) => !refused.has(nameOf(item));
  return [
    ...remove.filter(taken).map((item) => ({ action: "remove", ...namesOf(item) })),
    ...renew.filter(taken).map((item) => ({ action: "renew", ...namesOf(item), ...worthOf(item) })),
    ...add.filter(taken).map((item) => ({ action: "add", ...namesOf(item), ...worthOf(item) })),
  ];
}

function namesOf({ type, value }: Indicator) {
  return { type, value, key: keyOf({ type, value }) };
}

function worthOf({ score, expires, origins }: Entry) {
  return {
    score,
    expires_at: expires,
    event_uuid: [...new Set(origins.map(({ eventUuid }) => eventUuid))].slice(0, 50),
  };
}
