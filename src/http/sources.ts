import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { enabledTargets } from "../config/enabled-targets.ts";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Standards } from "../courier/line.ts";
import { JOURNAL_FILE, LEDGER_FILE } from "../courier/open-ledger.ts";
import { Journal } from "../delivery/journal.ts";
import { LedgerPulse } from "../ledger/report/pulse.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import { SensorSightings } from "../ledger/sensor-sightings.ts";
import { Counts } from "./counts.ts";

/** Everything that is read of a running courier, beside it, and where sensors leave what they saw. */
export class Sources implements Disposable {
  readonly config: Config;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly pulse: LedgerPulse;
  readonly report: LedgerReport;
  readonly counts: Counts;
  readonly sensed: SensorSightings;
  readonly standards: Standards;
  readonly #ledgerFile: string;
  readonly #journalFile: string;
  #journal: { changed: number; journal: Journal } | undefined;

  /** @throws StateMissing when there is no ledger yet */
  constructor(config: Config, clock: () => number, standards: Standards) {
    const state = resolvePath(config, config.state);
    this.config = config;
    this.clock = clock;
    this.standards = standards;
    this.#ledgerFile = join(state, LEDGER_FILE);
    this.pulse = new LedgerPulse(this.#ledgerFile);
    this.report = new LedgerReport(this.#ledgerFile);
    this.sensed = SensorSightings.open(this.#ledgerFile);
    this.counts = new Counts(this.report);
    this.#journalFile = join(state, JOURNAL_FILE);
  }

  /** The journal as it was last saved, which is whenever a target fails, recovers or refuses. */
  async journal(): Promise<Journal> {
    const changed = await stat(this.#journalFile).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    if (this.#journal?.changed === changed) return this.#journal.journal;
    const journal = await Journal.open(this.#journalFile);
    this.#journal = { changed, journal };
    return journal;
  }

  /** Whether the ledger lies where it was opened: one that was taken away takes everything on, and is forgotten with the next start. */
  get hasState(): boolean {
    return existsSync(this.#ledgerFile);
  }

  /** The names of the targets that are delivered to. */
  get targets(): string[] {
    return enabledTargets(this.config).map(([name]) => name);
  }

  [Symbol.dispose](): void {
    this.pulse[Symbol.dispose]();
    this.report[Symbol.dispose]();
    this.sensed[Symbol.dispose]();
  }
}
