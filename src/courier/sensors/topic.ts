import { setTimeout as pause } from "node:timers/promises";
import type { KafkaMessage } from "kafkajs";
import { resolvePath } from "../../config/load.ts";
import type { CourierConfig } from "../../config/schema.ts";
import { openKafka } from "../../kafka/connection.ts";
import { type Portion, TopicReader } from "../../kafka/reader.ts";
import type { SensorSightings } from "../../ledger/sensor-sightings.ts";
import type { Logger } from "../../log.ts";
import type { SensorSighting } from "../../model/sensed.ts";
import { StateUnwritable } from "../../state/damaged.ts";
import type { Intake } from "../intake/intake.ts";
import { readSighting } from "./report.ts";

export interface SensorTopicOptions {
  queue: SensorSightings;
  intake: Pick<Intake, "skip">;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}

/** How long to wait while there is no room for more, or the disk is full, milliseconds. */
const LATER = 5_000;
/** Of one record, as of one request, and in one go. */
const MOST = 1_000;
const EXCERPT = 2_000;

/** Takes what sensors say in a topic of Kafka, if the configuration names one; the brokers are told once it is on disk. */
export async function followSensors(config: CourierConfig, options: SensorTopicOptions): Promise<AsyncDisposable> {
  const { kafka: settings } = config.sightings;
  if (!settings) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const { topic, group } = settings;
  const { log, signal } = options;
  const reader = new TopicReader({
    ...{ kafka: await openKafka(settings, (path) => resolvePath(config, path)), topics: [topic], group },
    noticed: (event) => {
      if (event.connected) log.info("The topic of sensors is heard", { topic });
      else log.warn("The topic of sensors cannot be heard", { topic, cause: event.cause });
    },
  });
  const close = () => reader.close();
  signal.addEventListener("abort", close, { once: true });
  const following = follow(reader, options).catch((error: unknown) => {
    log.error("What sensors say in their topic is no longer taken", { error });
  });
  return {
    async [Symbol.asyncDispose]() {
      close();
      await following;
    },
  };
}

async function follow(reader: TopicReader, options: SensorTopicOptions): Promise<void> {
  for await (const portion of reader.portions()) {
    const sightings = sightingsOf(portion, options);
    for (let start = 0; start < sightings.length; start += MOST) {
      const some = sightings.slice(start, start + MOST);
      while (!options.signal.aborted && !take(some, options)) {
        await pause(LATER, undefined, { signal: options.signal }).catch(() => undefined);
      }
    }
    if (options.signal.aborted) return;
    portion.saved();
  }
}

/** @returns whether they are on disk */
function take(sightings: readonly SensorSighting[], { queue, clock }: SensorTopicOptions): boolean {
  try {
    return queue.take(sightings, clock()) !== undefined;
  } catch (error) {
    if (error instanceof StateUnwritable) return false;
    throw error;
  }
}

function sightingsOf({ topic, records }: Portion, { intake, clock }: SensorTopicOptions): SensorSighting[] {
  const now = Math.floor(clock() / 1000);
  return records.flatMap((record) => {
    const list = [parsed(record)].flat();
    if (list.length > MOST) return skipped(record, topic, `more than ${MOST} sightings at a time`, intake);
    return list.flatMap((told) => {
      // Told again, a sighting without a time of its own must be known by the one of its record.
      const read = readSighting(told, now, Math.min(now, writtenAt(record) ?? now));
      return typeof read === "string" ? skipped(record, topic, read, intake) : [read];
    });
  });
}

/** When a record was written, Unix seconds; some have no time, which is told by a negative one. */
function writtenAt({ timestamp }: KafkaMessage): number | undefined {
  const seconds = Math.floor(Number(timestamp) / 1000);
  return seconds > 0 ? seconds : undefined;
}

function skipped({ value }: KafkaMessage, topic: string, reason: string, intake: Pick<Intake, "skip">): [] {
  intake.skip({ topic, reason, excerpt: value?.toString("utf8", 0, EXCERPT) ?? "" });
  return [];
}

function parsed({ value }: KafkaMessage): unknown {
  try {
    return JSON.parse(value?.toString("utf8") ?? "");
  } catch {
    return undefined;
  }
}
