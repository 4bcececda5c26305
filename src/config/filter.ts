import { z } from "zod";
import { INHERIT } from "../model/distribution.ts";
import { attributeType } from "./misp-types.ts";
import { hint, text } from "./values.ts";

const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item).min(1, { error: "must name at least one: an empty list would admit nothing" });

const criteria = {
  orgs: list(z.union([text, z.int()], { error: hint("must be the id, UUID or name of an organisation") }))
    .describe("Creator organisations by id (a number without quotes), UUID or name")
    .meta({ shows: "list of ids, UUIDs or names" })
    .optional(),
  types: list(attributeType)
    .describe("MISP attribute types; a half of a composite type counts as its own type and as the composite one")
    .optional(),
  tags: list(text)
    .describe("Tags of the event or the attribute; case does not matter, `*` stands for anything")
    .optional(),
  distributions: list(z.int().min(0).max(INHERIT))
    .refine((given) => given.some((distribution) => distribution !== INHERIT), {
      error: "must name one of 0 to 4: what inherits (5) counts as its event, or its object, does",
    })
    .describe(
      "MISP's numbers: 0 own organisation, 1 community, 2 connected communities, 3 all, 4 sharing group. The most restrictive one of " +
        "attribute, object and event counts; one that inherits (5) counts as that of its parent",
    )
    .meta({ shows: "list of numbers 0–4" })
    .optional(),
};

const EMPTY = "names no condition; use any of orgs, types, tags, distributions";
const saysSomething = (rule: object) => Object.values(rule).some((value) => value !== undefined);
// A rule whose only key is misspelt is told so, not that it is empty.
const whenFlawless = ({ issues }: { issues: readonly unknown[] }) => issues.length === 0;

const exclusion = z.strictObject(criteria).refine(saysSomething, { error: EMPTY, when: whenFlawless });

const rule = z
  .strictObject({ ...criteria, not: exclusion.describe("The same keys; any match excludes").optional() })
  .refine(saysSomething, { error: `${EMPTY}, not`, when: whenFlawless });

/** A list of rules: what passes any of them is admitted, and everything is when there are none. */
export const filter = z.array(rule);

/** One rule of a filter: every key that is given must be satisfied by one of its entries. */
export type FilterRule = z.output<typeof rule>;
