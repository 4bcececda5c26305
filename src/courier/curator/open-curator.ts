import type { Config } from "../../config/schema.ts";
import { LACKS, UNCURATED } from "../../ledger/facts.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Logger } from "../../log.ts";
import type { MispClient } from "../../misp/client.ts";
import type { EventDesk } from "../../misp/event-desk.ts";
import type { KnowledgeKeeper } from "../knowledge/keeper.ts";
import { Curator } from "./curator.ts";
import { HeldEvents } from "./held-events.ts";
import { MispWriter } from "./misp-writer.ts";

export interface OpenCuratorOptions {
  config: Config;
  ledger: Ledger;
  client: MispClient;
  desk: EventDesk;
  saved: () => Promise<void>;
  keeper: KnowledgeKeeper;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}

/** Whether there is anything to curate by. */
export function curates({ curation: { enabled, trust } }: Pick<Config, "curation">): boolean {
  return enabled && trust.length > 0;
}

/** The curator as the configuration wants it, knowing what the keeper knows. */
export function openCurator({
  config,
  ledger,
  client,
  desk,
  saved,
  keeper,
  log,
  signal,
  clock,
}: OpenCuratorOptions): Curator {
  const { trust, own_events, ...curation } = config.curation;
  const writer = new MispWriter({
    client,
    curated: ledger.curated,
    writesPerMinute: curation.writes_per_minute,
    writesPerEvent: curation.writes_per_event,
    lacks: (cures) => ledger.note(LACKS, JSON.stringify(cures)),
    log,
    signal,
    clock,
  });
  ledger.note(LACKS, "[]");
  return new Curator({
    enabled: curates(config),
    desk,
    saved,
    writer,
    curated: ledger.curated,
    held: new HeldEvents({
      saved: ledger.fact(UNCURATED),
      save: (text) => ledger.note(UNCURATED, text),
      leave: (uuid) => ledger.curated.awaits([uuid]),
    }),
    rules: { trustTags: trust.flatMap(({ tag }) => tag ?? []), gates: curation.gates },
    sources: curation.sources,
    dryRun: curation.dry_run,
    trustLevelOf: (organisation) => {
      if (keeper.isOwn(organisation) && !own_events) return undefined;
      return keeper.knowledge.trust.trustOf(organisation)?.level;
    },
    warns: (type, value) => {
      const { block, lower } = keeper.knowledge.warn(type, value);
      return block || lower > 0;
    },
    log,
    signal,
    clock,
  });
}
