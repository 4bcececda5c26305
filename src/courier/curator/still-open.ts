import type { CurationPlan } from "../../curation/curate-event.ts";
import type { EventDesk } from "../../misp/event-desk.ts";
import { type EventMetadata, metadataOf } from "../../misp/event-metadata.ts";

/** So long after MISP was asked for it an event may be another, milliseconds. */
const STALE = 2_000;

export interface StillOpenOptions {
  desk: Pick<EventDesk, "look">;
  /** When MISP was asked for the event, milliseconds. */
  asked: number;
  planFor: (found: EventMetadata) => CurationPlan;
  /** Milliseconds. */
  clock: () => number;
}

/** Whether an event is what it was when it was looked at, and no gate has closed since: tags leave its timestamp as it is. */
export async function isStillOpen(
  before: EventMetadata,
  { desk, asked, planFor, clock }: StillOpenOptions,
): Promise<boolean> {
  if (Math.abs(clock() - asked) <= STALE) return true;
  const found = await desk.look(before.uuid);
  const now = found && metadataOf(found);
  return now?.timestamp === before.timestamp && planFor(now).closed.length === 0;
}
