import { z } from "zod";
import { restKeys } from "./rest-target.ts";

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
    .describe("The app that has the collections; `misp-courier splunk-app` makes misp_courier"),
  prefix: name
    .default("misp_")
    .describe("What a collection's name begins with, the type comes after it; the app's lookups know misp_ only"),
  layout: z
    .enum(["plain", "broker"])
    .default("plain")
    .describe(
      "plain: one document an indicator, with score, expiry, events, organisations and tags. broker: MISP-Broker's " +
        "collections (tsi_misp_<type>), whose documents are the value alone, with composite types joined; `prefix` is " +
        "not used then.",
    ),
  hec: collector
    .optional()
    .describe("Each change also goes to an index, as an event, through the HTTP Event Collector"),
});

export type SplunkSettings = z.infer<typeof splunkSettings>;
export type CollectorSettings = z.infer<typeof collector>;
