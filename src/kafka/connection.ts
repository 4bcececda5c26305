import { readFileSync } from "node:fs";
import type { Kafka, SASLOptions } from "kafkajs";
import type { KafkaSettings } from "./settings.ts";

/** How long the brokers may take to accept a line, and to answer; milliseconds. */
const TIMEOUT = { connection: 5_000, request: 10_000 };

/**
 * What readers and writers of a cluster are made of. Nothing is connected yet.
 * @param resolve turns a path from the configuration into an absolute one
 */
export async function openKafka(
  { brokers, tls, sasl }: KafkaSettings,
  resolve: (path: string) => string,
): Promise<Kafka> {
  // Most couriers have no brokers.
  const { Kafka, logLevel } = await import("kafkajs");
  return new Kafka({
    clientId: "misp-courier",
    brokers,
    ssl: tls === null ? false : { rejectUnauthorized: tls.verify_tls, ...authorities(tls.ca_file, resolve) },
    ...(sasl ? { sasl: sasl as SASLOptions } : {}),
    connectionTimeout: TIMEOUT.connection,
    authenticationTimeout: TIMEOUT.request,
    requestTimeout: TIMEOUT.request,
    // What matters comes back as an error or an event.
    logLevel: logLevel.NOTHING,
  });
}

function authorities(file: string | undefined, resolve: (path: string) => string) {
  return file === undefined ? {} : { ca: readFileSync(resolve(file), "utf8") };
}
