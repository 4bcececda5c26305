import type { Config } from "./schema.ts";

/** What a courier listens to: MISP over ZeroMQ or Kafka, or, as a forwarder, the topic of other couriers. */
export function feedOf(config: Config): "zeromq" | "kafka" | "topic" {
  if (config.role === "forwarder") return "topic";
  return config.misp.kafka === undefined ? "zeromq" : "kafka";
}
