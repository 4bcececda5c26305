import type { Notice } from "../../model/notice.ts";
import { MISSING } from "../attributes.ts";
import { ASKED_EARLY, BEING_READ, type Events, newEvent } from "../events.ts";
import type { Moment, Tables } from "../tables.ts";
import { markGone } from "./hear-attributes.ts";
import { knownEvent } from "./identity.ts";
import { isSettled } from "./retold.ts";

/** An event as MISP's list has it. */
export interface ListedEvent {
  id: number;
  uuid: string;
  state: string;
  unsettled: boolean;
}

/** What a list of MISP's events says of those in the ledger. */
export interface ListingChanges {
  /** New, or other than when they were last compared. */
  changed: ListedEvent[];
  /** No longer in the list. */
  vanished: { id: number; uuid: string }[];
  /** Not in the list, and known from the feed alone: deleted while nobody listened, or hidden from our key. */
  unconfirmed: { id: number; uuid: string }[];
}

/**
 * REST tells all attributes of an event: what the ledger has beside them is gone, unless the feed spoke of it so shortly
 * before REST was asked, or after, that the answer may be older.
 */
export function hearContents(tables: Tables, contents: Extract<Notice, { kind: "contents" }>, moment: Moment): void {
  const event = tables.events.get(contents.id);
  if (event?.uuid !== contents.uuid) return;
  let early = false;
  for (const row of tables.attributes.of(event.id)) {
    if (row.deleted !== 0 || contents.attributes.has(row.uuid)) continue;
    if (isSettled(row.heard, moment)) markGone(tables, row, MISSING, moment);
    else early = true;
  }
  if (early) tables.events.list(event, ASKED_EARLY);
  else if (contents.attributes.size === 0) tables.events.list(event, NOT_LISTED);
}

/** The list has no events without attributes, so that such a one is not taken for vanished. */
const NOT_LISTED = "";

/** How MISP's list has an event; one that is not known yet is remembered, so that it is not asked about again and again. */
export function hearListed(tables: Tables, { id, uuid, state }: Extract<Notice, { kind: "listed" }>): void {
  const known = knownEvent(tables, { id, uuid });
  if (known?.listed === state) return;
  if (!known) tables.events.put(unknownEvent(id, uuid));
  const row = known ?? tables.events.get(id);
  if (row) tables.events.list(row, state);
}

/** All of an event was told; unless that came too early, or had nothing in it, the event is now as MISP's list has it. */
export function hearRead({ events }: Tables, { id, uuid, state }: Extract<Notice, { kind: "read" }>): void {
  const event = events.get(id);
  if (event?.uuid === uuid && event.listed === BEING_READ) events.list(event, state);
}

function unknownEvent(id: number, uuid: string) {
  const nobody = { id: 0, uuid: null, name: null };
  const nothing = { info: "", date: "", distribution: 0, threatLevel: 4, creator: nobody, published: false };
  return newEvent({ ...nothing, id, uuid, timestamp: undefined, publishTimestamp: undefined, tags: undefined }, false);
}

/** Compares MISP's list of events with what was remembered of the last one. */
export function compareListing(events: Events, list: readonly ListedEvent[]): ListingChanges {
  const known = new Map(events.listing().map((event) => [event.uuid, event]));
  // One that has another number comes from a MISP that was set up anew, and its attributes have other numbers, too.
  const isKnown = ({ id, uuid, state }: ListedEvent) => known.get(uuid)?.listed === state && known.get(uuid)?.id === id;
  const changed = list.filter((event) => !isKnown(event));
  const listed = new Set(list.map(({ uuid }) => uuid));
  const isMissing = ({ uuid }: { uuid: string }) => !listed.has(uuid);
  return {
    changed,
    vanished: [...known.values()].filter(isMissing),
    unconfirmed: events.unconfirmed().filter(isMissing),
  };
}
