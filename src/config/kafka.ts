import { z } from "zod";
import { kafkaKeys, topicName } from "../kafka/settings.ts";
import { duration } from "./duration.ts";

/** MISP's own names for what it tells over Kafka, with the topics that its settings suggest. */
const topics = z
  .strictObject({
    event: topic("event"),
    event_publish: topic("event_publish"),
    attribute: topic("attribute"),
    sighting: topic("sighting"),
    tag: topic("tag"),
    organisation: topic("organisation"),
  })
  .superRefine((given, context) => {
    const owners = new Map<string, string>();
    for (const [subject, name] of Object.entries(given)) {
      const owner = owners.get(name);
      const message = `is the topic of ${owner}, too: what MISP tells there is not told apart`;
      if (owner !== undefined) context.addIssue({ code: "custom", path: [subject], message });
      owners.set(name, owner ?? subject);
    }
  })
  .prefault({})
  .describe("MISP's topics, as its settings `Kafka_<name>_notifications_topic` name them");

function topic(name: string) {
  return topicName.default(`misp_${name}`).describe(`Of \`Kafka_${name}_notifications\``);
}

const group = (name: string) =>
  topicName
    .default(name)
    .describe("Consumer group: each courier that reads the same topics needs its own, or it hears only a part");

/** MISP's notifications over Kafka. */
export const mispKafka = z
  .strictObject({ ...kafkaKeys, topics, group: group("misp-courier") })
  .describe("MISP's notifications over Kafka, instead of `zeromq`");

/** The `source:` section, what a forwarder follows. */
export const source = z.strictObject({
  kafka: z
    .strictObject({
      ...kafkaKeys,
      topic: topicName
        .default("misp.indicators")
        .describe("The topic that one or several couriers write with a `kafka` target"),
      reread_after: duration
        .prefault("12h")
        .describe(
          "After so long without reading, the whole topic is read again, as tombstones may be gone by then. Must be shorter " +
            "than the topic's `delete.retention.ms`",
        ),
    })
    .describe("A topic that `kafka` targets of other couriers write"),
});

/** The `sightings:` section. */
export const sightings = z
  .strictObject({
    kafka: z
      .strictObject({
        ...kafkaKeys,
        topic: topicName.default("misp.sightings").describe("The topic to which sensors write what they saw"),
        group: group("misp-courier-sightings"),
      })
      .optional()
      .describe("A topic with what sensors saw, in the form that `POST /sightings` takes"),
  })
  .prefault({});
