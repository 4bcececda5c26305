import type { Kafka } from "kafkajs";
import { failureOf } from "./failure.ts";

/** Where a partition begins, and where the transactions that were through by now end; the record at `end` is yet to come. */
export interface Marks {
  partition: number;
  begin: bigint;
  end: bigint;
}

/**
 * Where the partitions of a topic begin and end.
 * @throws KafkaFailure
 */
export async function marksOf(kafka: Kafka, topic: string): Promise<Marks[]> {
  const admin = kafka.admin({ retry: { retries: 2 } });
  try {
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.map(({ partition, low, high }) => ({ partition, begin: BigInt(low), end: BigInt(high) }));
  } catch (error) {
    throw failureOf(error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/**
 * Whether positions, by partition, are none of this topic: it is another one of its name, or its new leader is still catching up.
 */
export function leadElsewhere(
  positions: Readonly<Record<string, string>> | undefined,
  marks: readonly Marks[],
): boolean {
  const there = new Map(marks.map((one) => [String(one.partition), one]));
  return Object.entries(positions ?? {}).some(([partition, at]) => {
    const marked = there.get(partition);
    // No topic loses a partition.
    return !marked || BigInt(at) > marked.end || BigInt(at) < marked.begin;
  });
}
