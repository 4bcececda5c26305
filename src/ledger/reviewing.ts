import type { AttributeRow } from "./attributes.ts";
import { takeBackSightingsOf } from "./hearing/hear-sightings.ts";
import type { IndicatorEntry } from "./indicators.ts";
import type { Relearning } from "./relearning.ts";
import { EVERYTHING } from "./reviews.ts";
import type { Tables } from "./tables.ts";

/** How many attributes or indicators one slice of work judges: some milliseconds' worth, as nothing else runs meanwhile. */
export const SLICE = 250;
/** How many attributes it looks at where few are expected to be touched. */
const SCAN = 2_000;

/** Judges again the next slice of an event's attributes, or of all; returns how many. */
export function reviewSlice(
  tables: Tables,
  relearning: Relearning,
  { event, after }: { event: number; after: number },
  now: number,
): number {
  const { attributes, events, judging, reviews, questions } = tables;
  const isPartial = event === EVERYTHING && !relearning.isOfEverything;
  const limit = isPartial ? SCAN : SLICE;
  const rows = attributes.following(event, after, limit);
  const touched = isPartial ? firstTouched(rows, relearning) : rows;
  for (const row of touched) {
    const belongsTo = events.get(row.event);
    if (belongsTo?.deleted) takeBackSightingsOf(tables, row.id, now);
    if (judging.link(row, row, belongsTo, now)) questions.ask(row.event, belongsTo?.uuid);
  }
  // Of more than one slice of touched attributes, the next slice begins after the last that was judged.
  const last = touched.length === SLICE ? touched.at(-1) : rows.at(-1);
  if (last && (touched.length === SLICE || rows.length === limit)) reviews.advance(event, last.id);
  else {
    reviews.finish(event);
    if (event === EVERYTHING) relearning.forget();
  }
  return touched.length;
}

function firstTouched(rows: readonly AttributeRow[], relearning: Relearning): AttributeRow[] {
  const touched: AttributeRow[] = [];
  for (const row of rows) {
    if (touched.length === SLICE) break;
    if (relearning.concerns(row)) touched.push(row);
  }
  return touched;
}

/** Time may have changed what an indicator's supports are worth, too. */
export function requalify({ attributes, events, judging }: Tables, entry: IndicatorEntry, now: number): void {
  for (const attribute of entry.supports.keys()) {
    const row = attributes.get(attribute);
    if (row) judging.link(row, row, events.get(row.event), now);
  }
  judging.touch(entry);
}
