import { setImmediate as nextTurn } from "node:timers/promises";
import type { CuratedEvents } from "../../ledger/curated-events.ts";

export interface WarnedAttributesOptions {
  curated: Pick<CuratedEvents, "attributes">;
  /** Whether a warninglist warns of an attribute. */
  warns: (type: string, value: string) => boolean;
}

/** Attributes that are compared with warninglists before everything else may go on. */
const SLICE = 250;

/** Of how many of an event's attributes warninglists warn; `null` as long as the ledger has fewer than `attributes` of them. */
export async function countWarned(
  { curated, warns }: WarnedAttributesOptions,
  event: number,
  attributes: number,
): Promise<number | null> {
  let known = 0;
  let hits = 0;
  for (let after = 0; ; ) {
    const slice = curated.attributes(event, after, SLICE);
    known += slice.length;
    hits += slice.filter(({ type, value, toIds }) => toIds === 1 && warns(type, value)).length;
    if (slice.length < SLICE) return known < attributes ? null : hits;
    after = slice.at(-1)?.id ?? 0;
    await nextTurn();
  }
}
