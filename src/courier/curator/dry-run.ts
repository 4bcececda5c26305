import type { CurationPlan } from "../../curation/curate-event.ts";
import type { CuratedEvents } from "../../ledger/curated-events.ts";
import type { Logger } from "../../log.ts";
import type { EventMetadata } from "../../misp/event-metadata.ts";

export interface DryRunOptions {
  curated: Pick<CuratedEvents, "awaits">;
  log: Logger;
}

/** So many events are remembered as told of; then all are forgotten, and one that comes up again is told once more. */
const MOST = 10_000;

/** Tells what would be written to MISP, once for each change of an event, and is so when the dry run is over. */
export class DryRun {
  readonly #options: DryRunOptions;
  readonly #shown = new Map<string, number>();

  constructor(options: DryRunOptions) {
    this.#options = options;
  }

  show({ uuid, timestamp }: EventMetadata, { steps, notes, closed }: CurationPlan): undefined {
    const { curated, log } = this.#options;
    if (this.#shown.get(uuid) === timestamp) return;
    if (steps.length + closed.length > 0) curated.awaits([uuid]);
    if (this.#shown.size >= MOST) this.#shown.clear();
    this.#shown.set(uuid, timestamp);
    for (const { do: step, ...tag } of steps) log.info("Would write to MISP", { event: uuid, step, ...tag });
    for (const note of [...notes, ...closed]) log.info("Curation of an event", { event: uuid, note });
  }
}
