import { CATCH_UP_FAILED, CAUGHT_UP, RESTORED, UNOPENED } from "../../ledger/facts.ts";
import type { ListingChanges } from "../../ledger/hearing/hear-listings.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { askWhole } from "../../misp/answers.ts";
import { MispError } from "../../misp/errors.ts";
import { type ListedEvent, listEvents } from "../../misp/event-list.ts";
import type { Notice } from "../../model/notice.ts";
import { askEach } from "./ask-each.ts";
import { catchUpAttributeTags } from "./attribute-tags.ts";
import { firstLoad } from "./first-load.ts";
import type { CatchUpOptions } from "./options.ts";
import { listed, refreshEvents } from "./refresh-events.ts";
import { catchUpSightings } from "./sightings.ts";
import { catchUpTags } from "./tags.ts";

/** What a catch-up brought. */
export interface Caught {
  loaded: number;
  changedEvents: number;
  vanishedEvents: number;
  sightings: number;
  /** Events and sightings that changed, or were heard of, so shortly before that they are to be looked at once more. */
  unsettled: number;
  milliseconds: number;
}

/**
 * Brings the ledger in step with MISP's REST: the first load, events that are new, changed or gone, tags, sightings. Nothing is
 * taken for gone because an answer is empty or fails; each step is saved with the point that it has reached.
 * @throws MispError when MISP cannot be asked
 */
export async function catchUp(options: CatchUpOptions, since?: number): Promise<Caught> {
  const { client, ledger, clock, signal, answer } = options;
  const began = clock();
  // Before the first load: what changes while it goes on, or while the courier is down in the middle of it, is then seen.
  if (ledger.fact(LISTED) === undefined) {
    await answer((await listEvents(client, clock, signal)).map(listed), began, { [LISTED]: String(began) });
  }
  // What was called false while nobody listened must not go out with the event that came meanwhile. The first time, when nothing
  // goes out before the end, sightings would have to be asked about one by one without the attributes that they are of.
  const isFirst = ledger.fact(CAUGHT_UP) === undefined;
  const before = isFirst ? undefined : await catchUpSightings(options, since).catch(notNow);
  const loaded = await firstLoad(options, since);
  const list = await listEvents(client, clock, signal);
  const { changed, vanished, unconfirmed } = ledger.compare(list);
  // The list has no events without attributes: a search that found none at all may have been answered with nothing.
  const unread = await refreshEvents(ledger.eventListings.areBare ? list : changed, options);
  const deleted = await settle(list, vanished, isDeleted, options, unread);
  const gone = deleted + (await settle(list, unconfirmed, isUnconfirmed, options, unread));
  // Of an event that came back, they were taken back with it.
  const lacking = before === undefined || ledger.sightingListings.incomplete;
  const sightings = (before ?? 0) + (lacking ? await catchUpSightings(options, since) : 0);
  await catchUpTags(options, isFirst);
  const tagged = isFirst ? 0 : await catchUpAttributeTags(options);
  demandAll(unread);
  const unopened = isFirst || ledger.fact(RESTORED) === "1" ? { [UNOPENED]: "1" } : {};
  await answer([], began, { [CAUGHT_UP]: String(began), [CATCH_UP_FAILED]: "", [RESTORED]: "", ...unopened });
  // Nor does a MISP that shows nothing say anything against what another program had put into a target.
  if (!ledger.eventListings.areBare) ledger.adoption.release();
  return {
    loaded,
    changedEvents: changed.length + tagged,
    vanishedEvents: gone,
    sightings,
    unsettled: unsettled(list, ledger),
    milliseconds: clock() - began,
  };
}

/** A MISP that cannot list its sightings keeps nobody from hearing of its events; it is asked once more after them. */
function notNow(error: unknown): undefined {
  if (!(error instanceof MispError)) throw error;
}

function unsettled(list: readonly ListedEvent[], ledger: Ledger): number {
  const { changed, vanished } = ledger.compare(list);
  const young = list.filter(({ unsettled }) => unsettled);
  return young.length + changed.length + vanished.length + ledger.sightingListings.doubted;
}

/** When the list of events was first read, milliseconds. */
const LISTED = "listed";

/** More events than this, and more than this share of all, do not vanish in one night: rather, the key sees less. */
const TOO_MANY = { events: 100, share: 0.2 };
/** Of so many events it is asked whether MISP has any, where its list is empty. */
const MOST_ASKED = 20;

async function areTooMany(
  list: readonly ListedEvent[],
  missing: ListingChanges["vanished"],
  options: CatchUpOptions,
): Promise<boolean> {
  const share = missing.length / (list.length + missing.length);
  const many = missing.length > TOO_MANY.events && share > TOO_MANY.share;
  if (!many && !(list.length === 0 && (await haveAllGone(missing, options)))) return false;
  options.log.error("So many events are not in MISP's list that nothing is removed; does the key still see them all?", {
    missing: missing.length,
    listed: list.length,
  });
  return true;
}

/** The last event of a MISP may be deleted; all of several at once are not, however few they are. */
async function haveAllGone(missing: ListingChanges["vanished"], { client, signal }: CatchUpOptions): Promise<boolean> {
  for (const { uuid } of missing.slice(0, MOST_ASKED)) if (await client.viewEvent(uuid, signal)) return false;
  return missing.length > 1;
}

/** What is to be heard of an event that MISP does not have, or does not show. */
type Verdict = (event: { id: number; uuid: string }) => Notice;

/** It left the list: it was deleted. */
const isDeleted: Verdict = ({ id, uuid }) => ({ kind: "event-deleted", id, uuid });

/**
 * Nothing but the feed ever told of it: its attributes count as missing, unless they were heard of so shortly before that MISP
 * may not have saved it yet.
 */
const isUnconfirmed: Verdict = ({ id, uuid }) => ({ kind: "contents", id, uuid, attributes: new Set() });

/** What MISP does not tell of one event holds up that event alone; in step with MISP the ledger is not. */
function demandAll(unread: readonly MispError[]): void {
  const [first, ...others] = unread;
  if (!first) return;
  const more = others.length > 0 ? `; nor can ${others.length} more events be read` : "";
  throw new MispError(first.meaning, `${first.message}${more}`);
}

/**
 * Events that are not in the list. Each is asked for by name before that is believed; returns how many are gone.
 * @param unread gets why some could not be asked for
 */
async function settle(
  list: readonly ListedEvent[],
  missing: ListingChanges["vanished"],
  verdict: Verdict,
  options: CatchUpOptions,
  unread: MispError[],
): Promise<number> {
  if (await areTooMany(list, missing, options)) return 0;
  const { client, signal, clock, answer } = options;
  let gone = 0;
  const failures = await askEach(missing, async (event) => {
    const asked = clock();
    const notices = await askWhole(client, event.uuid, signal);
    if (notices.length === 0) gone += 1;
    await answer(notices.length > 0 ? notices : [verdict(event)], asked);
  });
  unread.push(...failures);
  return gone;
}
