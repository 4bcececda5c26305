/**
 * What a failure of Kafka is about: `away`: the brokers, now; `refused`: what was sent; `fenced`: somebody else writes under
 * our name; `login`: name, password or rights.
 */
export type KafkaMeaning = "away" | "refused" | "fenced" | "login";

/** Kafka did not do what it was asked; what was sent may or may not have taken effect. */
export class KafkaFailure extends Error {
  override readonly name = "KafkaFailure";
  readonly meaning: KafkaMeaning;

  constructor(meaning: KafkaMeaning, message: string) {
    super(message);
    this.meaning = meaning;
  }
}

const MEANINGS: Readonly<Record<string, KafkaMeaning>> = {
  MESSAGE_TOO_LARGE: "refused",
  RECORD_LIST_TOO_LARGE: "refused",
  INVALID_RECORD: "refused",
  CORRUPT_MESSAGE: "refused",
  INVALID_PRODUCER_EPOCH: "fenced",
  PRODUCER_FENCED: "fenced",
  TOPIC_AUTHORIZATION_FAILED: "login",
  GROUP_AUTHORIZATION_FAILED: "login",
  CLUSTER_AUTHORIZATION_FAILED: "login",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "login",
  SASL_AUTHENTICATION_FAILED: "login",
  KafkaJSSASLAuthenticationError: "login",
};

/** In words of ours: what the library says beyond its message may hold what was sent. */
export function failureOf(error: unknown): KafkaFailure {
  const root = rootOf(error);
  if (root instanceof KafkaFailure) return root;
  if (!(root instanceof Error)) return new KafkaFailure("away", "Kafka: it failed without a word");
  const type = "type" in root && typeof root.type === "string" ? root.type : root.name;
  const meaning = Object.hasOwn(MEANINGS, type) ? MEANINGS[type] : undefined;
  return new KafkaFailure(meaning ?? "away", `Kafka: ${root.message} (${type})`);
}

/** The library wraps what went wrong in the number of its tries. */
function rootOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ("errors" in error && Array.isArray(error.errors) && error.errors.length > 0) return rootOf(error.errors[0]);
  return error.name === "KafkaJSNumberOfRetriesExceeded" && error.cause instanceof Error ? rootOf(error.cause) : error;
}
