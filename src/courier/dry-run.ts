import type { CurationPlan } from "../curation/curate-event.ts";
import type { Logger } from "../log.ts";
import type { EventMetadata } from "../misp/event-metadata.ts";

/** So many events are remembered as told of; then all are forgotten, and one that comes up again is told once more. */
const MOST = 10_000;

/** Tells what would be written to MISP, once for each change of an event. */
export class DryRun {
  readonly #log: Logger;
  readonly #shown = new Map<string, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  show({ uuid, timestamp }: EventMetadata, { steps, notes, closed }: CurationPlan): undefined {
    if (this.#shown.get(uuid) === timestamp) return;
    if (this.#shown.size >= MOST) this.#shown.clear();
    this.#shown.set(uuid, timestamp);
    for (const { do: step, ...tag } of steps) this.#log.info("Would write to MISP", { event: uuid, step, ...tag });
    for (const note of [...notes, ...closed]) this.#log.info("Curation of an event", { event: uuid, note });
  }
}
