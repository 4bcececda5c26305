import type { SensorSightings } from "../../ledger/sensor-sightings.ts";
import type { Logger } from "../../log.ts";
import { StateUnwritable } from "../../state/damaged.ts";
import type { SightingBox } from "../../targets/target.ts";

export interface SightingBoxOptions {
  queue: Pick<SensorSightings, "take">;
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
}

/** Puts what subscribers of targets saw where what sensors send waits for MISP. What is refused is logged once for each reason. */
export function sightingBox({ queue, log, clock }: SightingBoxOptions): SightingBox {
  const told = new Set<string>();
  let full = false;
  const tellFull = (error?: Error) => {
    if (!full)
      log.warn("What subscribers saw cannot be taken now; it waits with them, and some may be lost", { error });
    full = true;
  };
  return {
    take(sightings) {
      try {
        const taken = queue.take(sightings, clock()) !== undefined;
        if (taken) full = false;
        else tellFull();
        return taken;
      } catch (error) {
        if (error instanceof StateUnwritable) {
          tellFull(error);
          return false;
        }
        // What a bug of ours trips over must not come again and again.
        log.error("What subscribers saw cannot be taken, and is lost", { error, sightings: sightings.length });
        return true;
      }
    },
    refuse(reason) {
      if (told.has(reason)) return;
      told.add(reason);
      log.warn("A subscriber sent something that is not taken for a sighting; more like it is not logged", { reason });
    },
  };
}
