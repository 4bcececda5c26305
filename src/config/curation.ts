import { z } from "zod";
import { hint, path, score, text } from "./values.ts";

const trustLevel = z.strictObject({
  list: text.describe("Name of the warninglist that holds the organisations' UUIDs"),
  score: score.describe("Trust in these organisations; if several levels match, the highest wins"),
  tag: text.optional().describe("Tag to attach locally to their events"),
  publish: z.boolean().default(false).describe("Publish their events, once every step before has succeeded"),
});

const gates = z
  .strictObject({
    min_attributes: z.int().min(0).default(1).describe("Least number of attributes"),
    max_warninglist_hits: z
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe("Most attributes that may be on warninglists; no limit unless set"),
    tlp: z
      .array(text)
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "TLP colours that may be published, such as `[clear, green]`. Unless set, any colour may, and so may an event without one",
      ),
  })
  .prefault({});

/** The `curation:` section: what the courier does to events inside MISP. */
export const curation = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Curate events in MISP; without any trust level nothing is written"),
    dry_run: z.boolean().default(false).describe("Only log what would be written"),
    own_events: z.boolean().default(false).describe("Also curate events of your own organisation"),
    sources: z
      .array(z.enum(["pulled", "received", "local"]))
      .min(1)
      .default(["pulled", "received", "local"])
      .describe(
        "Which events: `pulled` from a server, `received` (pushed by a server or fetched from a feed), `local`: written by " +
          "an organisation of this MISP",
      ),
    trust: z.array(trustLevel).default([]).describe("Trust levels, each a list of organisations"),
    gates: gates.describe("What an event must fulfil to be published"),
    writes_per_minute: z.int().min(1).default(600).describe("Most writes to MISP in a minute; the rest waits"),
    writes_per_event: z
      .int()
      .min(1)
      .default(20)
      .describe(
        "Most writes to one event within an hour: a limit, in case another automation undoes what the courier writes",
      ),
    prefix: z.string().default("org_uuid:").describe("Prefix of a UUID in these lists"),
  })
  .prefault({});

const LOWER = 25;
const ROLE = "must be block, lower, inform or {lower: points}";
const role = z
  .union(
    [
      z.enum(["block", "inform"]),
      z.literal("lower").transform(() => ({ lower: LOWER })),
      z.strictObject({ lower: z.int().min(1).max(100) }),
    ],
    { error: hint(ROLE) },
  )
  .meta({ shows: "`block`, `lower`, `inform` or `{lower: points}`" });

/** The `warninglists:` section. */
export const warninglists = z
  .strictObject({
    directory: path.default("./warninglists").describe("Folder with lists in MISP's `list.json` format"),
    from_misp: z.boolean().default(true).describe("Also use the lists that are enabled in MISP"),
    roles: z
      .record(text, role)
      .default({})
      .describe(
        `What a match does, by list name, in which \`*\` stands for anything: withhold, lower the score (${LOWER} points unless said) or be noted; ` +
          "lists of category `false_positive` block unless named here",
      )
      .meta({ shows: "list name → `block`, `lower`, `inform` or `{lower: points}`" }),
  })
  .prefault({});
