import { setTimeout as pause } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { openKafka } from "../kafka/connection.ts";
import { KafkaFailure } from "../kafka/failure.ts";
import { TopicWriter, type Written } from "../kafka/writer.ts";
import type { Delta, Refusal } from "../model/delta.ts";
import { holdings } from "./kafka/holdings.ts";
import { KafkaPresence } from "./kafka/presence.ts";
import { heldRecord, showsOf, tombstone } from "./kafka/records.ts";
import { type KafkaTargetSettings, kafkaSettings } from "./kafka/settings.ts";
import { defineTarget, type Found, NotNow, Refused, type Target, type TargetContext } from "./target.ts";

/** A compacted topic: a record for each indicator, a tombstone where it is to go; other couriers follow it. */
export const kafka = defineTarget<KafkaTargetSettings>({
  summary: "A compacted Kafka topic with a record for each indicator, which other couriers can follow.",
  settings: kafkaSettings,
  batch: 1_000,
  named: (settings, origin) => ({ ...settings, origin: settings.origin ?? origin }),
  // Whatever the format, an indicator has one key there, and what was written in another is to be taken off, too.
  place: ({ topic, origin }) => `${topic} ${origin}`,
  sole: ({ brokers, topic, origin }) =>
    brokers.map((broker) => ({ place: `${broker} ${topic} ${origin}`, words: `the topic ${topic} as ${origin}` })),
  nameless: true,
  composites: () => false,
  shows: ({ format }) => showsOf(format),
  origins: () => true,
  open: async (settings, context) => new KafkaTopic(await openKafka(settings, context.resolve), settings, context),
});

/** What only a person can mend is not tried more often than this, milliseconds. */
const FOR_A_PERSON = 300_000;
/** What was committed can be read once the brokers have marked it so, which they do soon after they say it; milliseconds. */
const SETTLED = 2_000;

class KafkaTopic implements Target {
  readonly #settings: KafkaTargetSettings;
  readonly #origin: string;
  readonly #clock: () => number;
  readonly #kafka: Kafka;
  readonly #writer: TopicWriter;
  readonly #presence: KafkaPresence;
  /** When something was written last, milliseconds. */
  #written = 0;

  constructor(kafka: Kafka, settings: KafkaTargetSettings, { name, clock }: TargetContext) {
    this.#settings = settings;
    this.#origin = settings.origin ?? name;
    this.#clock = clock;
    this.#kafka = kafka;
    this.#presence = new KafkaPresence(kafka, settings.topic);
    const writer = `misp-courier:${this.#origin}:${settings.topic}`;
    this.#writer = new TopicWriter({ kafka: this.#kafka, topic: settings.topic, name: writer });
  }

  async bare(): Promise<readonly string[] | "everything"> {
    // What was just written cannot be seen yet, and would be missed.
    if (this.#unsettled > 0) return [];
    try {
      return (await this.#presence.isBare()) ? "everything" : [];
    } catch (error) {
      throw inDeliverysWords(error, this.#settings.topic);
    }
  }

  async apply({ add, renew, remove }: Delta, signal: AbortSignal): Promise<readonly Refusal[]> {
    signal.throwIfAborted();
    const refusals: Refusal[] = [];
    const records: Written[] = remove.map((indicator) => tombstone(indicator, this.#origin));
    for (const entry of [...renew, ...add]) {
      const record = heldRecord(entry, this.#settings.format, this.#origin, this.#clock());
      if (typeof record === "string") refusals.push({ type: entry.type, value: entry.value, reason: record });
      else records.push(record);
    }
    try {
      await this.#writer.write(records, signal);
      this.#written = this.#clock();
    } catch (error) {
      throw inDeliverysWords(error, this.#settings.topic);
    }
    return refusals;
  }

  async *list(signal: AbortSignal): AsyncIterable<readonly Found[]> {
    const { topic } = this.#settings;
    if (this.#unsettled > 0) await pause(this.#unsettled, undefined, { signal });
    try {
      yield* holdings(this.#kafka, { topic, origin: this.#origin }, signal);
    } catch (error) {
      throw inDeliverysWords(error, topic);
    }
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  /** How long what was written last may not be seen yet, milliseconds. */
  get #unsettled(): number {
    return Math.min(SETTLED, SETTLED - (this.#clock() - this.#written));
  }
}

function inDeliverysWords(error: unknown, topic: string): unknown {
  if (!(error instanceof KafkaFailure)) return error;
  const { meaning, message } = error;
  if (meaning === "refused") return new Refused(message);
  if (meaning === "login") return new NotNow(message, { wait: FOR_A_PERSON });
  if (meaning === "fenced") return new NotNow(`somebody else writes to ${topic} under the same origin, too`);
  return new NotNow(message);
}
