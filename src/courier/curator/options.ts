import type { CurationRules, TrustLevel } from "../../curation/curate-event.ts";
import type { CuratedEvents } from "../../ledger/curated-events.ts";
import type { Logger } from "../../log.ts";
import type { EventDesk } from "../../misp/event-desk.ts";
import type { EventSource } from "./event-source.ts";
import type { HeldEvents } from "./held-events.ts";
import type { MispWriter } from "./misp-writer.ts";

export interface CuratorOptions {
  /** Without it everything is left alone. */
  enabled: boolean;
  rules: CurationRules;
  sources: readonly EventSource[];
  dryRun: boolean;
  desk: EventDesk;
  writer: MispWriter;
  curated: CuratedEvents;
  held: HeldEvents;
  /** `undefined` for an organisation that is not trusted, or not to be looked at: its events are left alone. */
  trustLevelOf: (organisation: string) => TrustLevel | undefined;
  /** Whether a warninglist warns of an attribute. */
  warns: (type: string, value: string) => boolean;
  /** Resolves when all that the feed has told so far is in the ledger. */
  saved: () => Promise<void>;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}
