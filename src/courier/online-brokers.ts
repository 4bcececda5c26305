import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { openKafka } from "../kafka/connection.ts";
import { KafkaFailure } from "../kafka/failure.ts";
import type { KafkaSettings } from "../kafka/settings.ts";
import { existing, isForgetful } from "../kafka/topics.ts";
import type { KafkaTargetSettings } from "../targets/kafka/settings.ts";

/** What brokers say to one section of the configuration. */
export interface BrokerAnswer {
  /** The section's path. */
  section: string;
  topics: readonly string[];
  /** Those of the topics that are not there. */
  missing: readonly string[];
  /** It is one of indicators, and forgets by age what it is to keep. */
  forgetful: boolean;
  /** Why the brokers could not be asked. */
  failure: string | undefined;
}

interface Section {
  section: string;
  settings: KafkaSettings;
  topics: readonly string[];
  /** What is in the topic is to stay there. */
  lasting: boolean;
}

/** Asks all brokers that the configuration names whether they let the courier in and have its topics. */
export function askBrokers(config: Config): Promise<BrokerAnswer[]> {
  return Promise.all(
    sectionsOf(config).map(async ({ section, settings, topics, lasting }) => {
      try {
        const kafka = await openKafka(settings, (path) => resolvePath(config, path));
        const there = new Set(await existing(kafka, topics));
        const missing = topics.filter((topic) => !there.has(topic));
        const [topic] = there;
        const forgetful = lasting && topic !== undefined && (await isForgetful(kafka, topic));
        return { section, topics, missing, forgetful, failure: undefined };
      } catch (error) {
        if (!(error instanceof KafkaFailure)) throw error;
        return { section, topics, missing: [], forgetful: false, failure: error.message };
      }
    }),
  );
}

function sectionsOf({ misp, source, sightings, targets }: Config): Section[] {
  const one = (
    section: string,
    settings: (KafkaSettings & { topic: string }) | undefined,
    lasting: boolean,
  ): Section[] => (settings ? [{ section, settings, topics: [settings.topic], lasting }] : []);
  const feed = misp?.kafka;
  return [
    ...(feed ? [{ section: "misp.kafka", settings: feed, topics: Object.values(feed.topics), lasting: false }] : []),
    ...one("source.kafka", source?.kafka, true),
    ...one("sightings.kafka", sightings.kafka, false),
    ...Object.entries(targets).flatMap(([name, { type, enabled, settings }]) =>
      // As its kind's schema made them: what comes out of it is not what goes in.
      type === "kafka" && enabled ? one(`targets.${name}`, settings as KafkaTargetSettings, true) : [],
    ),
  ];
}
