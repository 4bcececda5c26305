import type { CourierConfig } from "../../config/schema.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Logger } from "../../log.ts";
import type { MispClient } from "../../misp/client.ts";
import type { Notice } from "../../model/notice.ts";

export interface CatchUpOptions {
  config: CourierConfig;
  client: MispClient;
  ledger: Ledger;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  /** Takes answers into the ledger, in slices between which everything else goes on. */
  answer: (notices: readonly Notice[], asked: number, facts?: Record<string, string>) => Promise<void>;
  progress?: ((progress: Progress) => void) | undefined;
}

/** How far a catch-up is; `total` is missing where MISP does not tell. */
export interface Progress {
  phase: "attributes" | "events" | "sightings";
  done: number;
  total?: number;
}
