import { z } from "zod";
import { targetKinds } from "../targets/index.ts";
import { curation, warninglists } from "./curation.ts";
import { filter } from "./filter.ts";
import { guardSettings, mergeGuard, shippedGuard } from "./guard.ts";
import { indicators } from "./indicators.ts";
import { sightings, source } from "./kafka.ts";
import { misp } from "./misp.ts";
import { alerts, http, log } from "./outside.ts";
import { targets } from "./target.ts";
import { targetTtl } from "./ttl.ts";
import { path } from "./values.ts";

/** The sections of config.yaml as a person writes them, in the order of the reference. */
export const sections = z.strictObject({
  role: z
    .enum(["courier", "forwarder"])
    .default("courier")
    .describe("A courier follows MISP; a forwarder follows other couriers, by `source` instead of `misp`."),
  misp: misp.optional().describe("Where MISP is, and how to listen to it."),
  source: source.optional().describe("What a forwarder follows instead of a MISP."),
  sightings: sightings.describe("Where sightings of sensors come from, apart from `POST /sightings`."),
  curation: curation.describe("What the courier does to events in MISP: trust tags and publication."),
  warninglists: warninglists.describe("Lists of values that are not indicators, and lists of organisations."),
  indicators: indicators.describe("What makes an indicator live and what ends it."),
  filter: filter
    .default([])
    .describe(
      "Which attributes are admitted: those that pass at least one of the rules; all, if there are no rules. " +
        "To pass a rule, an attribute must match every key that the rule has, each by at least one of its entries.",
    ),
  targets: targets.default({}).describe("Where indicators go, by name."),
  guard: guardSettings.prefault({}).describe("Changes beyond these limits are held until a person decides."),
  alerts: alerts.describe("Who is told when something goes wrong."),
  http: http.describe("The live page, health, metrics and lists for firewalls."),
  state: path
    .default("./state")
    .describe("Folder in which the courier keeps its state: the ledger, the journal and more."),
  log: log.describe("What is logged, and how."),
});

/** The whole configuration: every target with its complete guard and TTL table. */
export const configSchema = sections
  .refine((given) => given.role === "forwarder" || given.misp !== undefined, {
    ...{ error: "is missing", path: ["misp"], when: ({ value }) => hasRole(value, "courier") },
  })
  .refine((given) => given.role === "courier" || given.source !== undefined, {
    ...{ error: "is missing: what does the forwarder follow?", path: ["source"] },
    when: ({ value }) => hasRole(value, "forwarder"),
  })
  .refine((given) => given.role === "courier" || given.misp === undefined, {
    ...{ error: "has no place here: a forwarder follows `source`", path: ["misp"] },
    when: ({ value }) => hasRole(value, "forwarder"),
  })
  .refine((given) => given.role === "courier" || given.sightings.kafka === undefined, {
    ...{ error: "has no place here: a forwarder has no MISP to tell", path: ["sightings", "kafka"] },
    when: ({ value }) => hasRole(value, "forwarder"),
  })
  .refine((given) => given.role === "forwarder" || given.source === undefined, {
    ...{ error: "is for `role: forwarder`", path: ["source"], when: ({ value }) => hasRole(value, "courier") },
  })
  .transform((given) => {
    const guard = mergeGuard(shippedGuard, given.guard);
    const completed = Object.entries(given.targets).map(([name, target]) => {
      const ttl = targetTtl(given.indicators.ttl, target.ttl);
      const settings = targetKinds[target.type]?.named?.(target.settings, originOf(given)) ?? target.settings;
      return [name, { ...target, settings, guard: mergeGuard(guard, target.guard), ttl }] as const;
    });
    return { ...given, guard, targets: Object.fromEntries(completed) };
  });

// Whatever else is wrong: a person wants to hear of every mistake at once.
function hasRole(section: unknown, role: string): boolean {
  return typeof section === "object" && section !== null && "role" in section && section.role === role;
}

/** What the courier follows, as it calls it before others. */
function originOf({ misp, source }: Pick<z.output<typeof sections>, "misp" | "source">): string {
  return misp ? new URL(misp.url).host : (source?.kafka.topic ?? "");
}

type Given = z.output<typeof configSchema>;
type Common = Omit<Given, "role" | "misp" | "source"> & {
  /** The folder of the configuration file, absolute: relative paths count from it. */
  directory: string;
  /** Digest of what is in every `ca_file`: other certificates are another configuration. */
  certificates: string;
};

/** The configuration in force of a courier: keys as in config.yaml, durations in seconds, paths as written. */
export type CourierConfig = Common & {
  role: "courier";
  misp: NonNullable<Given["misp"]> & { key: string };
  source?: undefined;
};

/** That of a forwarder, which follows other couriers. */
export type ForwarderConfig = Common & { role: "forwarder"; misp?: undefined; source: NonNullable<Given["source"]> };

/** The configuration in force. */
export type Config = CourierConfig | ForwarderConfig;

/** One target of the configuration; `settings` holds what its kind's schema made of the kind's own keys. */
export type TargetConfig = Config["targets"][string];
