import { CAUGHT_UP, SEES_ALL_SIGHTINGS } from "../../ledger/facts.ts";
import { END_OF_TIME } from "../../misp/end-of-time.ts";
import { searchSightings } from "../../misp/sighting-search.ts";
import type { CatchUpOptions } from "./options.ts";

/** When MISP was last asked for its sightings of all times, milliseconds. */
const ALL_LISTED = "sightings-listed";

const DAY = 86_400;
/** MISP turns no pages of sightings: it is asked for spans of so many seconds, unless it has but few. */
const SPAN = 30 * DAY;
const FEW = 5_000;
/** How far back sightings of all times are asked for in spans, seconds; what is older comes in one answer. */
const REACH = 360 * DAY;
/** Sightings carry the date that their writer says: each catch-up looks back so far behind the last at the least, seconds. */
const BACKDATED = DAY;

/**
 * Lists MISP's sightings, span by span; returns how many there are. What was missed may be of any age: one that is deleted, or that
 * comes from another MISP with its date. So after a blind spell, and once a day, those of all times are listed.
 */
export async function catchUpSightings(options: CatchUpOptions, since?: number): Promise<number> {
  const { client, config, ledger, signal, clock, answer, progress } = options;
  const began = clock();
  const all = isDue(options, began);
  const last = Math.min(Number(ledger.fact(CAUGHT_UP) ?? 0), began);
  const behind = Math.max(BACKDATED, config.misp.catch_up.overlap);
  const start = all ? 0 : (since ?? Math.floor(last / 1000) - behind);
  const now = Math.floor(began / 1000);
  let found = 0;
  const few = all && ledger.fact(ALL_LISTED) !== undefined && ledger.sightingListings.countUpTo(FEW) < FEW;
  const first = few ? now : Math.max(start, now - REACH) + SPAN;
  for (let from = start, to = first; from < now; from = to, to += SPAN) {
    const asked = clock();
    // Whoever gave one may have a clock that is ahead.
    const span = { from, to: to < now ? to : END_OF_TIME, whole: ledger.fact(SEES_ALL_SIGHTINGS) === "1" };
    const notices = await searchSightings(client, span, () => ledger.sightingListings.known(span), signal);
    found += notices.length - 1;
    await answer(notices, asked);
    progress?.({ phase: "sightings", done: found });
  }
  if (!all) return found;
  ledger.sightingListings.complete();
  await answer([], began, { [ALL_LISTED]: String(began) });
  return found;
}

function isDue({ ledger }: CatchUpOptions, now: number): boolean {
  const last = Number(ledger.fact(ALL_LISTED) ?? 0);
  // A clock that was ahead for a while may have left a time to come.
  const isRecent = last <= now && now < last + DAY * 1_000;
  const { incomplete, doubted } = ledger.sightingListings;
  return !isRecent || incomplete || doubted > 0 || ledger.blindSpells.unrepaired;
}
