import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Delta, Refusal } from "../model/delta.ts";
import { standardWebhookHeaders } from "../rest/standard-webhooks.ts";
import { type Ask, openRest } from "./rest-target.ts";
import { defineTarget, Refused, type Target, type TargetContext } from "./target.ts";
import { failureOf } from "./webhook/answers.ts";
import { changesOf, eventOf, worthOf } from "./webhook/event.ts";
import { type WebhookSettings, webhookSettings } from "./webhook/settings.ts";
import { Told } from "./webhook/told.ts";

/** Any other system that takes a POST: a delta becomes one signed batch of CloudEvents, an event for each change. */
export const webhook = defineTarget<WebhookSettings>({
  summary: "Signed batches of CloudEvents, one event for each change, posted to any other system.",
  settings: webhookSettings,
  batch: 500,
  place: placeOf,
  composites: () => false,
  shows: () => (entry) => JSON.stringify(worthOf(entry)),
  origins: () => true,
  open: async (settings, context) => new Webhook(settings, context),
});

class Webhook implements Target {
  readonly #settings: WebhookSettings;
  readonly #context: TargetContext;
  readonly #source: string;
  readonly #told: Told;
  readonly #ask: Ask;

  constructor(settings: WebhookSettings, context: TargetContext) {
    this.#settings = settings;
    this.#context = context;
    this.#source = settings.source ?? `urn:misp-courier:${context.name}`;
    this.#ask = openRest(settings, { "Content-Type": "application/cloudevents-batch+json; charset=utf-8" }, context);
    this.#told = new Told(join(context.state, "webhooks", `${context.name}.sqlite`));
  }

  async apply(delta: Delta, signal: AbortSignal): Promise<readonly Refusal[]> {
    signal.throwIfAborted();
    const { changes, refusals } = changesOf(delta);
    if (changes.length === 0) return refusals;
    const tellings = this.#told.tell(changes, this.#context.clock());
    const events = tellings.map((telling) => eventOf(telling, this.#source));
    const body = Buffer.from(JSON.stringify(events));
    const { max_bytes } = this.#settings;
    // Delivery halves it.
    if (events.length > 1 && body.length > max_bytes) throw new Refused("the batch is larger than max_bytes");
    await this.#post(body, batchId(events), signal);
    return refusals;
  }

  async close(): Promise<void> {
    this.#told.close();
  }

  async #post(body: Buffer, id: string, signal: AbortSignal): Promise<void> {
    const now = this.#context.clock();
    const headers = standardWebhookHeaders({ id, secrets: [this.#settings.secret].flat(), now }, body);
    const answer = await this.#ask({ method: "POST", path: "", body, headers, unread: true }, signal);
    if (answer.status < 200 || answer.status >= 300) throw failureOf(answer, now);
  }
}

/** The same events have the same id, however often they are sent. */
function batchId(events: readonly { id: string }[]): string {
  return `msg_${digestOf(events.map(({ id }) => id).join(" "))}`;
}

/** As a digest: the address of a webhook often is its secret. */
function placeOf({ url }: WebhookSettings): string {
  const { host, pathname, search } = new URL(url);
  return digestOf(`${host}${pathname}${search}`);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}
