import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { openKafka } from "../kafka/connection.ts";
import { KafkaFailure } from "../kafka/failure.ts";
import { existing } from "../kafka/marks.ts";
import type { KafkaSettings } from "../kafka/settings.ts";
import type { KafkaTargetSettings } from "../targets/kafka-settings.ts";

/** What brokers say to one section of the configuration. */
export interface BrokerAnswer {
  /** The section's path. */
  section: string;
  topics: readonly string[];
  /** Those of the topics that are not there. */
  missing: readonly string[];
  /** Why the brokers could not be asked. */
  failure: string | undefined;
}

interface Section {
  section: string;
  settings: KafkaSettings;
  topics: readonly string[];
}

/** Asks all brokers that the configuration names whether they let the courier in and have its topics. */
export function askBrokers(config: Config): Promise<BrokerAnswer[]> {
  return Promise.all(
    sectionsOf(config).map(async ({ section, settings, topics }) => {
      try {
        const kafka = await openKafka(settings, (path) => resolvePath(config, path));
        const there = new Set(await existing(kafka, topics));
        return { section, topics, missing: topics.filter((topic) => !there.has(topic)), failure: undefined };
      } catch (error) {
        if (!(error instanceof KafkaFailure)) throw error;
        return { section, topics, missing: [], failure: error.message };
      }
    }),
  );
}

function sectionsOf({ misp, source, sightings, targets }: Config): Section[] {
  const one = (section: string, settings: (KafkaSettings & { topic: string }) | undefined): Section[] =>
    settings ? [{ section, settings, topics: [settings.topic] }] : [];
  const feed = misp?.kafka;
  return [
    ...(feed ? [{ section: "misp.kafka", settings: feed, topics: Object.values(feed.topics) }] : []),
    ...one("source.kafka", source?.kafka),
    ...one("sightings.kafka", sightings.kafka),
    ...Object.entries(targets).flatMap(([name, { type, enabled, settings }]) =>
      // As its kind's schema made them: what comes out of it is not what goes in.
      type === "kafka" && enabled ? one(`targets.${name}`, settings as KafkaTargetSettings) : [],
    ),
  ];
}
