import { resolvePath } from "../config/load.ts";
import type { Config, TargetConfig } from "../config/schema.ts";
import { compileFilter } from "../curation/filter.ts";
import type { Journal } from "../delivery/journal.ts";
import { Lane } from "../delivery/lane.ts";
import type { Step, TargetView } from "../ledger/deltas.ts";
import { digestOf } from "../ledger/digest.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Logger } from "../log.ts";
import { targetKinds } from "../targets/index.ts";
import type { TargetKind } from "../targets/target.ts";

export interface OpenTargetsOptions {
  config: Config;
  ledger: Ledger;
  journal: Journal;
  log: Logger;
  clock: () => number;
  delivered?: ((target: string, step: Step) => void) | undefined;
}

/** Opens each target that the configuration enables and lays a lane to it. */
export async function openTargets(options: OpenTargetsOptions): Promise<Lane[]> {
  const { config, ledger, journal, log, clock, delivered } = options;
  const enabled = Object.entries(config.targets).filter(([, target]) => target.enabled);
  return Promise.all(
    enabled.map(async ([name, settings]) => {
      const kind = kindOf(settings.type);
      const view = viewOf(name, settings, kind);
      ledger.deltas.register(view);
      const resolve = (path: string) => resolvePath(config, path);
      const target = await kind.open(settings.settings, { name, resolve, state: resolve(config.state), clock });
      const batch = settings.batch ?? kind.batch;
      return new Lane({
        view,
        target,
        batch,
        deltas: ledger.deltas,
        journal,
        log,
        clock,
        random: Math.random,
        delivered,
      });
    }),
  );
}

/** What a target wants and shows, as the ledger needs to know it. */
export function viewOf(name: string, settings: TargetConfig, kind: TargetKind = kindOf(settings.type)): TargetView {
  const own = settings.settings;
  const origins = kind.origins(own);
  return {
    name,
    rules: {
      types: settings.types ? new Set(settings.types) : null,
      composites: kind.composites(own),
      filter: settings.filter.length > 0 ? compileFilter(settings.filter) : null,
      ttl: settings.ttl,
      minScore: settings.min_score,
    },
    digest: digestOf([settings.type, settings.types, settings.filter, settings.ttl, settings.min_score, own]),
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
