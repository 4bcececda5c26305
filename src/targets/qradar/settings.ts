import { z } from "zod";
import { restKeys } from "../rest-target.ts";

const WHICH = "must be auto or a version such as 20.0";

const apiVersion = z
  .union([z.literal("auto"), z.string().regex(/^\d{1,3}\.\d$/, WHICH), z.number().positive()], { error: WHICH })
  // YAML takes 20.0 for the number 20.
  .transform((given) => (typeof given === "number" ? given.toFixed(1) : given))
  .prefault("auto")
  .describe(
    "Version of QRadar's API; auto takes the newest that the console has. That version decides whether the collections API " +
      "or the classic one is used.",
  );

const setTtl = z
  .record(z.string(), z.union([z.literal("never"), z.int().positive()], { error: "must be whole days or never" }))
  .default({})
  .describe(
    "Days for which a new set keeps an element after it was last loaded, by MISP type; by default those of the shipped " +
      "indicators.ttl. 10 days are added. A safety net, in case the courier is gone for good: raise it when you raise a ttl.",
  );

/** The keys of a `qradar` target beside those that all targets share. */
export const qradarSettings = z.strictObject({
  ...restKeys,
  url: restKeys.url.describe("Address of the console, such as https://qradar.example.org"),
  token: z.string().min(1).describe("Token of an authorized service that may manage reference data"),
  api_version: apiVersion,
  prefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]{0,31}$/i, "a prefix has letters, digits, '_', '.' and '-', 32 at most")
    .optional()
    .describe("Prefix of the sets' names; misp_ unless set, tsi_misp_ in layout broker"),
  layout: z
    .enum(["plain", "broker"])
    .default("plain")
    .describe(
      "plain: a set for each type, <prefix><type>. broker: the set names of MISP-Broker, and composite types as pairs in sets " +
        "of their own.",
    ),
  set_ttl: setTtl,
  encode_twice: z
    .boolean()
    .default(true)
    .describe("Encode values in URLs twice, as the classic API decodes them twice; false for a console that does not"),
});

export type QradarSettings = z.infer<typeof qradarSettings>;

/** What the names of a target's sets begin with. */
export function prefixOf({ prefix, layout }: Pick<QradarSettings, "prefix" | "layout">): string {
  return prefix ?? (layout === "broker" ? "tsi_misp_" : "misp_");
}
