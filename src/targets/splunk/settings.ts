import { z } from "zod";
import { restKeys } from "../rest-target.ts";

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,79}$/, "must begin with a letter and have only letters, digits, '_' and '-'");

const collector = z.strictObject({
  url: restKeys.url.describe("Where the HTTP Event Collector listens, such as https://splunk.example:8088"),
  token: z.string().min(1).describe("The collector's token"),
  index: name.optional().describe("The index; the token's own unless set"),
});

/** The keys of a `splunk` target beside those that all targets share. */
export const splunkSettings = z.strictObject({
  ...restKeys,
  url: restKeys.url.describe("Splunk's management port, such as https://splunk.example:8089"),
  token: z.string().min(1).describe("An authentication token of Splunk (Settings, Tokens)"),
  app: name
    .default("misp_courier")
    .describe("The app with the collections; `misp-courier splunk-app` makes misp_courier"),
  prefix: name
    .default("misp_")
    .describe("Prefix of the collections' names, followed by the type; the app's lookups know only misp_"),
  layout: z
    .enum(["plain", "broker"])
    .default("plain")
    .describe(
      "plain: one document for each indicator, with score, expiry, events, organisations and tags. broker: MISP-Broker's " +
        "collections (tsi_misp_<type>), whose documents have only the value, with composite types as pairs; `prefix` is " +
        "not used then.",
    ),
  hec: collector
    .optional()
    .describe("Sends each change as an event to an index as well, through the HTTP Event Collector"),
});

export type SplunkSettings = z.infer<typeof splunkSettings>;
export type CollectorSettings = z.infer<typeof collector>;
