import { z } from "zod";
import { duration } from "./duration.ts";
import { attributeType } from "./misp-types.ts";
import { ttlTable } from "./ttl.ts";
import { hint, pattern, text } from "./values.ts";

const exceptions = z
  .strictObject({
    comment: pattern
      .transform((given) => (given === "" ? null : given))
      .prefault("SOC Exception")
      .describe(
        "An attribute whose comment matches is left out; case does not matter, an empty text switches this off",
      ),
    tags: z.array(text).default([]).describe("Tags that leave an attribute out; `*` stands for anything"),
  })
  .prefault({})
  .describe("What marks an attribute as an exception, which is left out");

const quorum = z.strictObject({
  false_positive: z
    .strictObject({
      orgs: z.int().min(1).default(2).describe("How many organisations must say false positive"),
      trusted: z.int().min(1).default(1).describe("Or how many trusted ones"),
    })
    .describe("When false-positive sightings count; those of your own organisation always do"),
});

const decays = z.record(
  attributeType,
  z.union(
    [
      z.literal("never").transform(() => null),
      z.strictObject({
        lifetime: duration.describe("Age at which nothing is left of the score"),
        speed: z.number().positive().max(100).default(1).describe("MISP's decay speed; 1 is a straight line"),
      }),
    ],
    { error: hint("must be never or {lifetime, speed}") },
  ),
);

/** The `indicators:` section. TTLs are seconds, `null` for never; `exceptions.comment` is `null` when switched off. */
export const indicators = z
  .strictObject({
    require_published: z.boolean().default(true).describe("Wait with additions until the event is published"),
    withdraw_on_unpublish: z
      .boolean()
      .default(false)
      .describe("Remove indicators when their event is explicitly unpublished"),
    exceptions,
    ttl: ttlTable
      .prefault({})
      .describe(
        "How long an indicator lives, by MISP type, on top of the shipped table; `default` for all other types. The halves of a " +
          "composite type live as long as their own types",
      )
      .meta({ shows: "type → duration, or `never`" }),
    decay: decays
      .default({})
      .describe(
        "How the score falls with age, by MISP type, `default` for the others; a type without an entry does not age",
      )
      .meta({ shows: "type → `{lifetime, speed}`, or `never`" }),
    sightings: z
      .union([z.literal("latest"), quorum], { error: hint("must be latest or {false_positive: {orgs, trusted}}") })
      .default("latest")
      .describe("Which sightings decide: the newest thumb, or a quorum")
      .meta({ shows: "`latest`, or the keys below" }),
  })
  .prefault({});
