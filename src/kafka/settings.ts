import { z } from "zod";
import { endsInPort } from "../model/port.ts";

const BROKER = "must be a host and a port, such as kafka.example.org:9092";
const broker = z
  .string({ error: BROKER })
  // The library takes what stands before the first colon for the host.
  .refine((given) => !given.startsWith("["), { error: "must have a name in place of an IPv6 address", abort: true })
  .regex(/^[\w.-]+:\d{1,5}$/, { error: BROKER, abort: true })
  .refine(endsInPort, { error: BROKER })
  .meta({ shows: "host:port" });

const tls = z.union([
  z.boolean().transform((on) => (on ? { verify_tls: true, ca_file: undefined } : null)),
  z
    .strictObject({
      verify_tls: z.boolean().default(true).describe("Whether the brokers' certificates must be valid"),
      ca_file: z
        .string()
        .min(1)
        .optional()
        .describe("Certificates (PEM) to trust instead of Node.js's own; the system's do not count"),
    })
    .transform(({ verify_tls, ca_file }) => ({ verify_tls, ca_file })),
]);

const sasl = z.strictObject({
  mechanism: z.enum(["plain", "scram-sha-256", "scram-sha-512"]).describe("How the brokers ask for the password"),
  username: z.string().min(1).describe("Who the courier is to the brokers"),
  password: z.string().min(1).describe("Its password"),
});

/** The keys by which everything that speaks with Kafka says with whom, and how. */
export const kafkaKeys = {
  brokers: z.array(broker).min(1).describe("Brokers to ask first; they name the others"),
  tls: tls
    .default(null)
    .describe("Encrypts the lines to the brokers: true, or the keys below")
    .meta({ shows: "true or false, or keys below" }),
  sasl: sasl.optional().describe("Login at the brokers; without `tls` passwords travel in the clear"),
};

/** The name of a topic. */
export const topicName = z
  .string()
  .regex(/^[\w.-]{1,249}$/, "must be up to 249 letters, digits, dots, underscores and hyphens");

/** With whom to speak Kafka, and how. */
export interface KafkaSettings {
  brokers: string[];
  /** `null`: in the clear. */
  tls: { verify_tls: boolean; ca_file: string | undefined } | null;
  sasl?: { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: string } | undefined;
}
