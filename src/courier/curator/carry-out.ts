import type { CurationPlan } from "../../curation/curate-event.ts";
import type { EventMetadata } from "../../misp/event-metadata.ts";
import type { Occasion } from "./event-turns.ts";
import type { CuratorOptions } from "./options.ts";
import type { OwnPublications } from "./own-publications.ts";
import { isStillOpen } from "./still-open.ts";

export interface CarryOutOptions extends Pick<CuratorOptions, "desk" | "writer" | "log" | "clock"> {
  published: OwnPublications;
  occasion: Occasion;
  /** When MISP was asked for the event, milliseconds. */
  asked: number;
  planFor: (found: EventMetadata) => CurationPlan;
}

/**
 * Writes the steps of an event's plan to MISP. The first one that fails ends it, so that nothing is published that was not tagged.
 * @throws Error with the reason when MISP does not take a step, or the event is not what it was
 */
export async function carryOut(
  event: EventMetadata,
  { steps }: CurationPlan,
  { published, occasion, writer, log, clock, ...open }: CarryOutOptions,
): Promise<void> {
  for (const step of steps) {
    if (step.do !== "publish") await writer.write(event.uuid, step, event.organisation);
    else if (occasion.complete) {
      if (published.wasOverdue(event)) log.warn(UNDONE, { event: event.uuid });
      published.expect(event, occasion.how);
      await writer.write(event.uuid, step, event.organisation, () => isStillOpen(event, { ...open, clock }));
      published.taken(event.uuid, clock());
    }
  }
}

const UNDONE =
  "MISP took the publication of an event and has not published it; it is asked once more. Do its background workers run?";
