import { z } from "zod";
import { kafkaKeys, topicName } from "../../kafka/settings.ts";

/** The keys of a `kafka` target beside those that all targets share. */
export const kafkaSettings = z.strictObject({
  ...kafkaKeys,
  topic: topicName
    .default("misp.indicators")
    .describe("The topic to write; it must exist, with cleanup.policy=compact"),
  format: z
    .enum(["courier", "stix"])
    .default("courier")
    .describe("courier: what forwarders read, see [KAFKA.md](KAFKA.md). stix: STIX 2.1 indicators"),
  origin: z
    .string()
    .regex(/^[\x21-\x3f\x41-\x7e]{1,200}$/, "must be up to 200 characters without blanks and @")
    .optional()
    .describe(
      "Name of this courier's MISP in every record; the host of `misp.url` unless set. Two MISPs need two names: two " +
        "couriers under one name cut each other off",
    ),
});

export type KafkaTargetSettings = z.infer<typeof kafkaSettings>;
