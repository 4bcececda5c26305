import { z } from "zod";
import { curation, warninglists } from "./curation.ts";
import { filter } from "./filter.ts";
import { guardSettings, mergeGuard, shippedGuard } from "./guard.ts";
import { indicators } from "./indicators.ts";
import { misp } from "./misp.ts";
import { alerts, http, log } from "./outside.ts";
import { targets } from "./target.ts";
import { targetTtl } from "./ttl.ts";
import { path } from "./values.ts";

/** The sections of config.yaml as a person writes them, in the order of the reference. */
export const sections = z.strictObject({
  misp: misp.describe("Where MISP is and how to hear it."),
  curation: curation.describe("What is done to events inside MISP: trust tags and publication."),
  warninglists: warninglists.describe("Lists of values that are no indicators, and of organisations."),
  indicators: indicators.describe("What makes an indicator live and what ends it."),
  filter: filter
    .default([])
    .describe(
      "Which attributes are admitted: those that pass any rule, all when there are none. " +
        "Within a rule every key that is given must be satisfied by one of its entries.",
    ),
  targets: targets.default({}).describe("Where indicators go, by name."),
  guard: guardSettings.prefault({}).describe("Changes beyond these limits are held until a person decides."),
  alerts: alerts.describe("Word to the operator."),
  http: http.describe("The live page, health, metrics and lists for firewalls."),
  state: path.default("./state").describe("Folder of the ledger and the journal."),
  log: log.describe("What is logged."),
});

/** The whole configuration: every target with its complete guard and TTL table. */
export const configSchema = sections.transform((given) => {
  const guard = mergeGuard(shippedGuard, given.guard);
  const completed = Object.entries(given.targets).map(([name, target]) => {
    const ttl = targetTtl(given.indicators.ttl, target.ttl);
    return [name, { ...target, guard: mergeGuard(guard, target.guard), ttl }] as const;
  });
  return { ...given, guard, targets: Object.fromEntries(completed) };
});

/** The configuration in force: keys as in config.yaml, durations in seconds, paths as written. */
export type Config = z.output<typeof configSchema> & {
  misp: { key: string };
  /** The folder of the configuration file, absolute: relative paths count from it. */
  directory: string;
};

/** One target of the configuration; `settings` holds what its kind's schema made of the kind's own keys. */
export type TargetConfig = Config["targets"][string];
