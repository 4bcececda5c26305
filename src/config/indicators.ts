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
  .describe("What marks an attribute as one to leave out");

const quorum = z.strictObject({
  false_positive: z
    .strictObject({
      orgs: z.int().min(1).default(2).describe("So many organisations must say false positive"),
      trusted: z.int().min(1).default(1).describe("Or so many trusted ones"),
    })
    .describe("When false-positive sightings count; those of the own organisation always do"),
});

const decays = z.record(
  attributeType,
  z.union(
    [
      z.literal("never").transform(() => null),
      z.strictObject({
        lifetime: duration.describe("Age at which nothing of the score is left"),
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
    withdraw_on_unpublish: z.boolean().default(false).describe("Take indicators off when their event is unpublished"),
    exceptions,
    ttl: ttlTable
      .prefault({})
      .describe(
        "How long an indicator lives, by MISP type, laid over the shipped table; `default` for all other types. The halves of a " +
          "composite type live as long as their own types say",
      )
      .meta({ shows: "type → duration, or `never`" }),
    decay: decays
      .default({})
      .describe("How the score falls with age, by MISP type, `default` for the others; without an entry it does not")
      .meta({ shows: "type → `{lifetime, speed}`, or `never`" }),
    sightings: z
      .union([z.literal("latest"), quorum], { error: hint("must be latest or {false_positive: {orgs, trusted}}") })
      .default("latest")
      .describe("Which sightings decide: the newest thumb, or a quorum")
      .meta({ shows: "`latest`, or the keys below" }),
  })
  .prefault({});
