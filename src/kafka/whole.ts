import { randomUUID } from "node:crypto";
import type { Kafka, KafkaMessage } from "kafkajs";
import { KafkaFailure } from "./failure.ts";
import { marksOf } from "./marks.ts";
import { Progress } from "./progress.ts";
import { TopicReader } from "./reader.ts";

/**
 * Reads a topic from its beginning to where it ends when this is called.
 * @throws KafkaFailure when it was not read to that end
 */
export async function* readWhole(
  kafka: Kafka,
  topic: string,
  signal: AbortSignal,
): AsyncGenerator<readonly KafkaMessage[]> {
  const progress = new Progress(await marksOf(kafka, topic));
  if (progress.complete) return;
  let failure = "";
  const reader = new TopicReader({
    kafka,
    topics: [topic],
    // Of its own: it must get every partition.
    group: `misp-courier-audit-${randomUUID()}`,
    position: (_, partition) => progress.at(partition),
    reached: (_, partition, next) => {
      progress.advance(partition, next);
      if (progress.complete) reader.close();
    },
    noticed: (event) => {
      if (event.connected) return;
      failure = event.cause;
      reader.close();
    },
  });
  const stop = () => reader.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const { records, saved } of reader.portions()) {
      yield records;
      saved();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    reader.close();
  }
  signal.throwIfAborted();
  if (!progress.complete) throw new KafkaFailure("away", failure);
}
