import { enabledTargets } from "../config/enabled-targets.ts";
import { resolvePath } from "../config/load.ts";
import type { Config, TargetConfig } from "../config/schema.ts";
import { compileFilter } from "../curation/filter.ts";
import type { Protection } from "../curation/protection/protection.ts";
import { Auditor } from "../delivery/auditor.ts";
import type { Journal } from "../delivery/journal.ts";
import { Lane } from "../delivery/lane.ts";
import type { Step, TargetView } from "../ledger/delta/step.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { digestOf } from "../ledger/report/digest.ts";
import type { Logger } from "../log.ts";
import { targetKinds } from "../targets/index.ts";
import type { SightingBox, Target, TargetKind } from "../targets/target.ts";
import type { Protections } from "./knowledge/protections.ts";

export interface OpenTargetsOptions {
  config: Config;
  ledger: Ledger;
  journal: Journal;
  log: Logger;
  clock: () => number;
  protections: Protections;
  delivered?: ((target: string, step: Step) => void) | undefined;
  /** Takes what users of targets say that they saw. */
  sightings?: SightingBox | undefined;
}

/** What one target needs to be opened. */
export interface OpenTargetOptions extends Pick<OpenTargetsOptions, "config" | "ledger" | "clock" | "sightings"> {
  protection: Protection;
}

/** A target in use: the way to it, and how it is read back. */
export interface OpenTarget {
  lane: Lane;
  auditor: Auditor;
  /** Seconds between two audits; `null`: only when asked for. */
  every: number | null;
}

/** Opens each target that the configuration enables and lays a lane to it. */
export async function openTargets(options: OpenTargetsOptions): Promise<OpenTarget[]> {
  const { config, ledger, protections } = options;
  const enabled = enabledTargets(config);
  // Before the first is made known: it forgets what it held elsewhere.
  for (const [name, settings] of enabled) inherit(viewOf(name, settings, protections.of(name)), config, ledger);
  const opened = await Promise.all(enabled.map(([name, settings]) => layLane(name, settings, options)));
  ledger.deltas.registered();
  return opened;
}

async function layLane(name: string, settings: TargetConfig, options: OpenTargetsOptions): Promise<OpenTarget> {
  const { config, ledger, journal, log, clock, protections, delivered, sightings } = options;
  const { deltas, holdings } = ledger;
  const kind = kindOf(settings.type);
  const { view, target, same } = await openTarget(name, {
    ...{ config, ledger, clock, sightings },
    protection: protections.of(name),
  });
  // Whoever has set another address or token waits to see whether it was that.
  if (!same) journal.entry(name).nextAttempt = null;
  const batch = settings.batch ?? kind.batch;
  const rate = settings.rate ?? kind.rate;
  const lane = new Lane({
    ...{ view, target, batch, rate, limits: settings.guard, deltas, holdings, journal, log, clock },
    random: Math.random,
    delivered: (name, step) => {
      auditor.delivered(step);
      delivered?.(name, step);
    },
  });
  const exclusively = lane.exclusively.bind(lane);
  const auditor = new Auditor({ view, target, deltas, holdings, clock, exclusively });
  return { lane, auditor, every: settings.audit_every };
}

/** Opens one target and makes it known to the ledger; `same`: with all its settings as they were the last time. */
export async function openTarget(
  name: string,
  { config, ledger, clock, protection, sightings }: OpenTargetOptions,
): Promise<{ view: TargetView; target: Target; same: boolean }> {
  const settings = config.targets[name];
  if (!settings) throw new Error(`there is no target ${name}`);
  const kind = kindOf(settings.type);
  const view = viewOf(name, settings, protection, kind);
  inherit(view, config, ledger);
  const same = ledger.deltas.register(view);
  const resolve = (path: string) => resolvePath(config, path);
  const target = await kind.open(settings.settings, { name, resolve, state: resolve(config.state), clock, sightings });
  return { view, target, same };
}

/** Has a target that was renamed go on with what it left under its former name, which another place may have by now. */
export function inherit(view: TargetView, { targets }: Config, { holdings }: Ledger): void {
  const type = targets[view.name]?.type;
  if (type === undefined || !kindOf(type).nameless) return;
  const staying = Object.entries(targets).filter(
    ([, target]) => kindOf(target.type).place(target.settings) === view.place,
  );
  holdings.inherit(
    view,
    staying.map(([name]) => name),
  );
}

/** What a target wants and shows, as the ledger needs to know it. */
export function viewOf(
  name: string,
  settings: TargetConfig,
  protection: Protection,
  kind: TargetKind = kindOf(settings.type),
): TargetView {
  const own = settings.settings;
  const origins = kind.origins(own);
  const wishes = [settings.type, settings.types, settings.filter, settings.ttl, settings.min_score, own];
  if (settings.retire) wishes.push("retire");
  return {
    name,
    rules: {
      retired: settings.retire,
      types: settings.types ? new Set(settings.types) : null,
      composites: kind.composites(own),
      filter: settings.filter.length > 0 ? compileFilter(settings.filter) : null,
      ttl: settings.ttl,
      minScore: settings.min_score,
      protection,
    },
    digest: digestOf(wishes),
    place: kind.place(own),
    shows: kind.shows(own),
    origins,
  };
}

function kindOf(type: string): TargetKind {
  const kind = targetKinds[type];
  if (!kind) throw new Error(`there is no target of type ${type}`);
  return kind;
}
