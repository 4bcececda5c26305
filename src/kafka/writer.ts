import type { Kafka, Message, Producer } from "kafkajs";
import { within } from "../model/within.ts";
import { failureOf, KafkaFailure } from "./failure.ts";

/** One record to write; without a value it is a tombstone, which takes the record of that key away. */
export interface Written {
  key: string;
  value: string | null;
  headers: Record<string, string>;
}

export interface TopicWriterOptions {
  kafka: Kafka;
  topic: string;
  /** Who writes: of several under one name each cuts off those who began before it. */
  name: string;
}

/** How long a transaction that nobody ends holds back the readers of a topic, milliseconds. */
const TRANSACTION = 10_000;
/** How long one write may take, milliseconds: the library alone would go on trying for minutes. */
const PATIENCE = 15_000;
/** A transaction that follows on the heels of another has to ask again until that one is through: not for long. */
const RETRY = { retries: 4, initialRetryTime: 30, maxRetryTime: 2_000 };

/**
 * Writes records to a topic, all of a call or none. After a failure it begins with a new epoch, under which the brokers no
 * longer take what may still be on its way from before: what is late can never undo what is newer.
 */
export class TopicWriter {
  readonly #options: TopicWriterOptions;
  #producer: Producer | undefined;

  constructor(options: TopicWriterOptions) {
    this.#options = options;
  }

  /** @throws KafkaFailure also when it is cut short by the signal; what was sent may then have taken effect */
  async write(records: readonly Written[], signal: AbortSignal): Promise<void> {
    if (records.length === 0) return;
    try {
      await within(PATIENCE, signal, (cut) => Promise.race([this.#write(records, cut), cutBy(cut)]));
    } catch (error) {
      // Without waiting: lines to brokers that stand still are closed in their own time.
      void this.close();
      throw failureOf(error);
    }
  }

  /** Whatever was not ended is ended by the brokers, as if it had never been. */
  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  async #write(records: readonly Written[], cut: AbortSignal): Promise<void> {
    const known = this.#producer;
    const producer = known ?? this.#begun();
    this.#producer = producer;
    try {
      if (!known) await producer.connect();
      // The library goes on looking for brokers after it was told to let go of them, and would begin with the newest epoch of all.
      cut.throwIfAborted();
      const transaction = await producer.transaction();
      cut.throwIfAborted();
      await transaction.send({ topic: this.#options.topic, acks: -1, messages: records.map(messageOf) });
      cut.throwIfAborted();
      await transaction.commit();
    } finally {
      // What it found meanwhile nobody else lets go of: an open line keeps the program from ending.
      if (cut.aborted) await producer.disconnect().catch(() => undefined);
    }
  }

  #begun(): Producer {
    return this.#options.kafka.producer({
      transactionalId: this.#options.name,
      transactionTimeout: TRANSACTION,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: RETRY,
    });
  }
}

/** Rejects when there is no more time. */
function cutBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const cut = () => reject(new KafkaFailure("away", "Kafka: the brokers do not answer in time"));
    if (signal.aborted) cut();
    else signal.addEventListener("abort", cut, { once: true });
  });
}

function messageOf({ key, value, headers }: Written): Message {
  if (!key.isWellFormed()) throw new KafkaFailure("refused", "a key is not well-formed Unicode");
  return { key, value, headers };
}
