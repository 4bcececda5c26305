import { setTimeout as pause } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { failureOf } from "../kafka/failure.ts";
import { type Portion, type ReaderEvent, TopicReader } from "../kafka/reader.ts";
import type { KafkaSettings } from "../kafka/settings.ts";
import { existing } from "../kafka/topics.ts";
import type { Batch, LineEvent, MispFeed } from "./feed.ts";
import { KAFKA_PUBLICATION } from "./messages.ts";

/** MISP's own names for what it tells over Kafka. */
export type KafkaSubject = "event" | "event_publish" | "attribute" | "sighting" | "tag" | "organisation";

export interface KafkaFeedSettings extends KafkaSettings {
  topics: Record<KafkaSubject, string>;
  group: string;
}

export interface KafkaFeedOptions {
  /** Milliseconds. */
  clock: () => number;
  onLine: (event: LineEvent) => void;
  /** These topics are not there: MISP makes a topic with its first message, if it may. */
  missing: (topics: readonly string[]) => void;
}

/** Under which topic of ZeroMQ the same bodies come; publications have a shape of their own. */
const FRAMES: Readonly<Record<KafkaSubject, string>> = {
  event: "misp_json_event",
  event_publish: KAFKA_PUBLICATION,
  attribute: "misp_json_attribute",
  sighting: "misp_json_sighting",
  tag: "misp_json_tag",
  organisation: "misp_json_organisation",
};

/** How often topics are looked for that are not there, milliseconds: when none is there, and when others are. */
const LOOK = { none: 5_000, some: 60_000 };

/** MISP's notifications over Kafka, as frames like those of ZeroMQ. The brokers are told what was read when it is saved. */
export class KafkaFeed implements MispFeed {
  readonly #settings: KafkaFeedSettings;
  readonly #options: KafkaFeedOptions;
  readonly #kafka: Kafka;
  readonly #stop = new AbortController();
  readonly #wanted: string[];
  #reader: TopicReader | undefined;
  #missing = "";

  constructor(kafka: Kafka, settings: KafkaFeedSettings, options: KafkaFeedOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#kafka = kafka;
    this.#wanted = [...new Set(Object.values(settings.topics))];
  }

  async *batches(): AsyncGenerator<Batch> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const topics = await this.#look((cause) => this.#line({ connected: false, cause }));
      if (topics.length === 0) await pause(LOOK.none, undefined, { signal }).catch(() => undefined);
      else yield* this.#read(topics);
    }
  }

  close(): void {
    this.#stop.abort();
    this.#reader?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Reads these topics until the feed is closed, or others are there. */
  async *#read(topics: readonly string[]): AsyncGenerator<Batch> {
    const { group } = this.#settings;
    const noticed = (event: ReaderEvent) => {
      this.#line(event);
      if (!event.connected) void this.#compare(reader, topics);
    };
    const reader: TopicReader = new TopicReader({ kafka: this.#kafka, topics, group, noticed });
    this.#reader = reader;
    if (this.#stop.signal.aborted) return;
    const timer = setInterval(() => void this.#compare(reader, topics), LOOK.some);
    try {
      for await (const portion of reader.portions()) {
        yield { frames: this.#framesOf(portion), overrun: false, saved: portion.saved };
      }
    } finally {
      clearInterval(timer);
      reader.close();
    }
  }

  #framesOf({ topic, records }: Portion): Buffer[] {
    const subjects = Object.entries(this.#settings.topics).filter(([, name]) => name === topic);
    const [subject = "event"] = subjects.map(([name]) => name as KafkaSubject);
    const head = Buffer.from(`${FRAMES[subject]} `);
    return records.flatMap(({ value }) => (value === null ? [] : [Buffer.concat([head, value])]));
  }

  /** The topics that are there; none where the brokers do not say. */
  async #look(failed: (cause: string) => void): Promise<string[]> {
    try {
      const there = await existing(this.#kafka, this.#wanted);
      const missing = this.#wanted.filter((topic) => !there.includes(topic));
      if (missing.length > 0 && missing.join() !== this.#missing) this.#options.missing(missing);
      this.#missing = missing.join();
      return there;
    } catch (error) {
      failed(failureOf(error).message);
      return [];
    }
  }

  /** For one that is gone, none of the others can be read any more. */
  async #compare(reader: TopicReader, topics: readonly string[]): Promise<void> {
    if (this.#missing === "" && reader.connected) return;
    // Whether the line holds, the reader knows.
    const there = await this.#look(() => {});
    if (there.length > 0 && there.join() !== topics.join()) reader.close();
  }

  #line(event: ReaderEvent): void {
    const at = this.#options.clock();
    if (this.#stop.signal.aborted) return;
    if (event.connected) this.#options.onLine({ kind: "connected", at });
    else this.#options.onLine({ kind: "disconnected", at, cause: event.cause });
  }
}
