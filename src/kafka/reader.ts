import { setTimeout as pause } from "node:timers/promises";
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import { failureOf } from "./failure.ts";

/** Records of one partition in their order. */
export interface Portion {
  topic: string;
  partition: number;
  records: readonly KafkaMessage[];
  /** Where to go on after them. */
  next: bigint;
  /** They are saved: only then the brokers are told so, and more is read. */
  saved(): void;
}

/** What is noticed of the line to the brokers; `cause` is in words of the library. */
export type ReaderEvent = { connected: true } | { connected: false; cause: string };

export interface ReaderOptions {
  kafka: Kafka;
  topics: readonly string[];
  /** Readers of one group share the partitions. */
  group: string;
  /**
   * Where to read on from, by what the caller keeps for itself; asked whenever partitions are assigned. Without it the group
   * keeps that at the brokers, and one that is new reads from the beginning.
   */
  position?: ((topic: string, partition: number) => bigint) | undefined;
  /** A partition was read up to here, perhaps over records that nobody gets to see, such as the ends of transactions. */
  reached?: ((topic: string, partition: number, next: bigint) => void) | undefined;
  noticed?: ((event: ReaderEvent) => void) | undefined;
}

/** How many records one portion holds at the most, which bounds how long a transaction of the ledger takes. */
const PORTION = 500;
/** How long a member that says nothing keeps its partitions, how often it speaks, how long an empty fetch waits; milliseconds. */
const PACE = { sessionTimeout: 10_000, heartbeatInterval: 1_000, maxWaitTimeInMs: 1_000 };
/** After a failure, milliseconds. */
const AGAIN = 1_000;
/** How long the group may take to be left, milliseconds. */
const FAREWELL = 3_000;
/** What one fetch brings at the most, bytes: of each partition, and of all. */
const FETCH = { maxBytesPerPartition: 512 * 1024, maxBytes: 4 * 1024 * 1024 };

/** Reads topics as a member of a group, for as long as it is open: what breaks is opened anew, and nothing is passed over. */
export class TopicReader {
  readonly #options: ReaderOptions;
  readonly #stop = new AbortController();
  readonly #waiting: Portion[] = [];
  #arrived: () => void = () => {};
  /** Lets go of the portion that is being worked on, as not saved. */
  #abandon: () => void = () => {};
  /** Ends the consumer of the moment. */
  #closed: () => void = () => {};
  #connected: boolean | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connected === true;
  }

  /** Ends once the reader is closed. Each portion is to be told that it was saved before the next one comes. */
  async *portions(): AsyncGenerator<Portion> {
    const reading = this.#read();
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const portion = this.#waiting.shift();
      if (portion) yield portion;
      else await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
    await reading;
  }

  /** Lets go of the brokers. */
  close(): void {
    this.#stop.abort();
    this.#abandon();
    this.#closed();
    this.#arrived();
  }

  async #read(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const consumer = this.#options.kafka.consumer({
        groupId: this.#options.group,
        allowAutoTopicCreation: false,
        ...PACE,
        ...FETCH,
        retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000, restartOnFailure: async () => false },
      });
      await this.#readWith(consumer).catch((error: unknown) => this.#lost(failureOf(error).message));
      await leave(consumer);
      await pause(AGAIN, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the reader is closed, rejects when this consumer cannot go on. */
  async #readWith(consumer: Consumer): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      this.#closed = resolve;
      if (this.#stop.signal.aborted) resolve();
    });
    // It may break before anybody waits for it.
    ended.catch(() => undefined);
    this.#watch(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (batch) => this.#take(consumer, batch),
    });
    await ended;
  }

  #watch(consumer: Consumer): void {
    const { reached, position } = this.#options;
    const { events } = consumer;
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
        for (const partition of position ? partitions : []) {
          const offset = position?.(topic, partition) ?? 0n;
          consumer.seek({ topic, partition, offset: String(offset) });
        }
      }
    });
    consumer.on(events.FETCH, () => this.#found());
    consumer.on(events.REQUEST_TIMEOUT, () => this.#lost("the brokers do not answer"));
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, lastOffset, batchSize } = payload;
      // Of what there is to be seen, it is told below, once that is saved.
      if (batchSize === 0 && lastOffset !== null) reached?.(topic, partition, BigInt(lastOffset) + 1n);
    });
  }

  /** Hands a batch on in portions; the next one is fetched when all of them are saved. */
  async #take(consumer: Consumer, { batch, resolveOffset, heartbeat, isStale, isRunning }: EachBatchPayload) {
    const { topic, partition, messages } = batch;
    const alive = setInterval(() => void heartbeat().catch(() => undefined), PACE.heartbeatInterval);
    try {
      for (let start = 0; start < messages.length; start += PORTION) {
        const records = messages.slice(start, start + PORTION);
        const last = records.at(-1)?.offset;
        if (last === undefined || this.#stop.signal.aborted || isStale() || !isRunning()) return;
        if (!(await this.#handOver({ topic, partition, records, next: BigInt(last) + 1n }))) return;
        resolveOffset(last);
      }
      const next = BigInt(batch.lastOffset()) + 1n;
      this.#options.reached?.(topic, partition, next);
      if (!this.#options.position) await this.#commit(consumer, topic, partition, next);
    } finally {
      clearInterval(alive);
    }
  }

  /** @returns whether it was saved; not so when the reader is closed before */
  #handOver(portion: Omit<Portion, "saved">): Promise<boolean> {
    return new Promise((resolve) => {
      this.#abandon = () => resolve(false);
      if (this.#stop.signal.aborted) this.#abandon();
      this.#waiting.push({ ...portion, saved: () => resolve(true) });
      this.#arrived();
    });
  }

  /** One that fails, as while partitions change hands, only has the records come once more. */
  async #commit(consumer: Consumer, topic: string, partition: number, next: bigint): Promise<void> {
    await consumer.commitOffsets([{ topic, partition, offset: String(next) }]).catch(() => undefined);
  }

  #found(): void {
    if (this.#connected === true || this.#stop.signal.aborted) return;
    this.#connected = true;
    this.#options.noticed?.({ connected: true });
  }

  #lost(cause: string): void {
    if (this.#connected === false || this.#stop.signal.aborted) return;
    this.#connected = false;
    this.#options.noticed?.({ connected: false, cause });
  }
}

/** Lets go of a consumer, without waiting for brokers that stand still. */
async function leave(consumer: Consumer): Promise<void> {
  const left = new AbortController();
  const leaving = consumer.disconnect().finally(() => left.abort());
  await Promise.race([leaving, pause(FAREWELL, undefined, { signal: left.signal })]).catch(() => undefined);
}
