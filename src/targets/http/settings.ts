import { z } from "zod";
import { isComposite } from "../../model/indicator.ts";

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const NAME_HINT = "a list name has small letters, digits, '.', '_' and '-', 64 at most";

/** `/lists/<name>.left-out.txt` is what has no room in the list <name>: one called so could never be fetched. */
const TAKEN = /\.left-out$/;
const TAKEN_HINT = "a list name does not end in .left-out: that is where what has no room in a list is named";

const list = z.strictObject({
  types: z
    .array(
      z
        .string()
        .min(1)
        .refine((type) => !isComposite(type), "composite types are split: name the parts"),
    )
    .min(1)
    .describe("The types whose values it contains, each value once"),
  format: z
    .enum(["plain", "csv", "cidr"])
    .default("plain")
    .describe(
      "plain: one value for each line. csv: value, type, score and expiry under a header. cidr: addresses with their prefix " +
        "length (192.0.2.1/32); what is not an address is left out",
    ),
  capacity: z
    .int()
    .min(1)
    .default(50_000)
    .describe("Most entries; beyond that the best by score stay, and `/lists/<name>.left-out.txt` names the others"),
});

/** One list as the configuration describes it. */
export type ListSettings = z.output<typeof list>;

/** The keys of an `http` target beside those that all targets share. */
export const httpSettings = z.strictObject({
  lists: z
    .record(
      z
        .string()
        .regex(NAME, NAME_HINT)
        .refine((name) => !TAKEN.test(name), TAKEN_HINT),
      list,
    )
    .refine((lists) => Object.keys(lists).length > 0, "needs at least one list")
    .describe("The lists by name; no two targets may use the same name"),
});

export type HttpSettings = z.output<typeof httpSettings>;
