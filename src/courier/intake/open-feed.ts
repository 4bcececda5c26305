import { resolvePath } from "../../config/load.ts";
import type { CourierConfig } from "../../config/schema.ts";
import { openKafka } from "../../kafka/connection.ts";
import type { Logger } from "../../log.ts";
import { Feed, type LineEvent, type MispFeed } from "../../misp/feed.ts";
import { KafkaFeed } from "../../misp/kafka-feed.ts";

/** MISP's feed, over ZeroMQ or over Kafka, as the configuration has it. */
export async function openFeed(
  config: CourierConfig,
  log: Logger,
  clock: () => number,
  onLine: (event: LineEvent) => void,
  batch: number,
): Promise<MispFeed> {
  const { zeromq, kafka } = config.misp;
  const place = kafka ? { brokers: kafka.brokers } : { endpoint: zeromq.endpoint };
  const told = (event: LineEvent) => {
    log.info(`The line to MISP's feed is ${event.kind}`, { ...place, ...(event.cause ? { cause: event.cause } : {}) });
    onLine(event);
  };
  if (!kafka) return new Feed(zeromq, { clock, onLine: told, batch });
  const missing = (topics: readonly string[]) =>
    log.warn("Topics of MISP are not there; they are looked for again", { topics });
  const brokers = await openKafka(kafka, (path) => resolvePath(config, path));
  return new KafkaFeed(brokers, kafka, { clock, onLine: told, missing });
}
