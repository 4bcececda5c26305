import type { Admin, Kafka } from "kafkajs";
import { failureOf } from "./failure.ts";

/**
 * Those of the topics that there are.
 * @throws KafkaFailure
 */
export function existing(kafka: Kafka, topics: readonly string[]): Promise<string[]> {
  return asking(kafka, async (admin) => {
    const known = new Set(await admin.listTopics());
    return topics.filter((topic) => known.has(topic));
  });
}

/**
 * Whether a topic that is there forgets its oldest records, instead of keeping the newest of each key.
 * @returns false, too, where the brokers do not tell whoever asks
 * @throws KafkaFailure
 */
export function isForgetful(kafka: Kafka, topic: string): Promise<boolean> {
  return asking(kafka, async (admin) => {
    const { ConfigResourceTypes } = await import("kafkajs");
    const query = { type: ConfigResourceTypes.TOPIC, name: topic, configNames: ["cleanup.policy"] };
    // Who may write to a topic need not have the right to see how it is set.
    const told = await admin.describeConfigs({ resources: [query], includeSynonyms: false }).catch(() => undefined);
    const policy = told?.resources[0]?.configEntries[0]?.configValue;
    return policy !== undefined && policy !== "compact";
  });
}

async function asking<Answer>(kafka: Kafka, question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
  const admin = kafka.admin({ retry: { retries: 2 } });
  try {
    await admin.connect();
    return await question(admin);
  } catch (error) {
    throw failureOf(error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
