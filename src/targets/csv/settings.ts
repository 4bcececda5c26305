import { z } from "zod";
import { isComposite } from "../../model/indicator.ts";
import { COLUMNS } from "./row.ts";

const columns = z
  .array(z.enum(COLUMNS))
  .refine((names) => names[0] === "value", "the first column is always value")
  .refine((names) => new Set(names).size === names.length, "a column stands here twice")
  .default(["value"])
  .describe(
    "The columns; value is always the first. Times are ISO 8601 in UTC; event is the event's info. Where several " +
      "attributes support an indicator, their different texts are joined by '; '; of the times the earliest " +
      "first_seen and the latest last_seen are shown. Every change of what is shown rewrites the row.",
  );

const lists = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "a list name has small letters, digits, '.', '_' and '-', 64 at most"),
    z.array(z.string().min(1)).min(1),
  )
  .default({})
  .describe(
    "Merged lists: for each name, the types whose values <name>.txt contains, one for each line, without header or duplicates. " +
      "A list is made from its CSV files: lines that others add to it do not last, but rows that others add to a " +
      "CSV file enter the list at the next start. The file of a list that is no longer named here stays as it was.",
  );

/** The keys of a `csv` target beside those that all targets share. */
export const csvSettings = z
  .strictObject({
    directory: z
      .string()
      .min(1)
      .refine((given) => !given.includes("\0"), "must be a path: none has a NUL character in it")
      .describe(
        "Folder of the files; created, with its parents, when the target is opened. No two enabled targets may write the same file in it.",
      ),
    columns,
    lists,
    layout: z
      .enum(["plain", "broker"])
      .default("plain")
      .describe(
        "plain: <type>.csv. broker: MISP-Broker's names (tsi_misp_<type>.csv), the files of its 24 types from the start, " +
          "and composite types joined in files of their own. In both, characters that a file name cannot have become '_'.",
      ),
    formula_guard: z
      .enum(["none", "quote-prefix"])
      .default("none")
      .describe(
        "quote-prefix: a ' goes before every text that a spreadsheet would run as a formula (= + - @), for files that " +
          "people open. none: values are exact, as machines need them; merged lists always are. Rows guarded before it was " +
          "switched off are taken for rows of others: remove the files then.",
      ),
  })
  .superRefine(({ layout, lists }, context) => {
    if (layout === "broker") return;
    for (const [name, types] of Object.entries(lists)) {
      for (const [n, type] of types.entries()) {
        if (!isComposite(type)) continue;
        const message = `composite types are split: name the parts of ${type}, or use layout: broker`;
        context.addIssue({ code: "custom", path: ["lists", name, n], message });
      }
    }
  });

export type CsvSettings = z.infer<typeof csvSettings>;
