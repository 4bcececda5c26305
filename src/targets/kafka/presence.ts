import type { Kafka } from "kafkajs";
import { leadElsewhere, type Marks, marksOf } from "../../kafka/marks.ts";
import { NotNow } from "../target.ts";

/** A leader that is still catching up looks for a moment like another topic: when it is looked again, milliseconds. */
const DOUBT = 5_000;

/** Whether a topic is still the one that was written to: one that was made anew, or is at other brokers, lacks all of it. */
export class KafkaPresence {
  readonly #kafka: Kafka;
  readonly #topic: string;
  /** Where the partitions ended when it was last looked. */
  #ends: Record<string, string> | undefined;
  #doubted = false;

  constructor(kafka: Kafka, topic: string) {
    this.#kafka = kafka;
    this.#topic = topic;
  }

  /**
   * @throws NotNow when it is not certain yet
   * @throws KafkaFailure
   */
  async isBare(): Promise<boolean> {
    const marks = await marksOf(this.#kafka, this.#topic);
    const isOther = leadElsewhere(this.#ends, marks);
    if (isOther && !isEmpty(marks) && !this.#doubted) {
      this.#doubted = true;
      throw new NotNow(`${this.#topic} ends before where it did; it may have been made anew`, { wait: DOUBT });
    }
    this.#doubted = false;
    this.#ends = Object.fromEntries(marks.map(({ partition, end }) => [partition, String(end)]));
    return isOther || isEmpty(marks);
  }
}

function isEmpty(marks: readonly Marks[]): boolean {
  return marks.length > 0 && marks.every(({ begin, end }) => begin >= end);
}
