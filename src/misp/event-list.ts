import type { MispClient } from "./client.ts";
import { booleanAt, idAt, type Json, numberOr, textAt, uuidAt } from "./coerce.ts";
import { readAnswer } from "./errors.ts";

/** One line of MISP's list of events. `state` is another whenever something about the event is. */
export interface ListedEvent {
  id: number;
  uuid: string;
  state: string;
  /** It changed so shortly before the list was asked for that it may change again without another time to show for it. */
  unsettled: boolean;
}

/** Seconds; MISP's times have no finer grain, and what it sends it saves a little later. */
const SETTLE = 3;

const LIMIT = 20_000;

/**
 * Reads MISP's list of events; those without attributes are not in it.
 * @throws MispError when any page of it fails: half a list would make the other half look vanished
 */
export async function listEvents(client: MispClient, clock: () => number, signal: AbortSignal): Promise<ListedEvent[]> {
  const events = new Map<string, ListedEvent>();
  for (let page = 1; ; page += 1) {
    const asked = clock();
    const rows = await client.indexEvents({ minimal: 1, limit: LIMIT, page, sort: "id", direction: "asc" }, signal);
    const before = events.size;
    for (const row of rows) {
      const event = readAnswer("/events/index", () => listedEvent(row, asked));
      events.set(event.uuid, event);
    }
    // A page without anything new: the end, or a MISP that does not turn pages.
    if (rows.length < LIMIT || events.size === before) return [...events.values()];
  }
}

function listedEvent(row: Json, asked: number): ListedEvent {
  const published = booleanAt(row, "published") ? 1 : 0;
  const changed = numberOr(row, "timestamp", 0);
  const unsettled = changed * 1000 > asked - SETTLE * 1000;
  const sighted = numberOr(row, "sighting_timestamp", 0);
  // Merged into another organisation, one leaves its events to that: their times stay, and the feed does not tell.
  const creator = textAt(row, "orgc_uuid", 36);
  const state = `${changed}/${published}/${sighted}/${creator}${unsettled ? `~${asked}` : ""}`;
  return { id: idAt(row), uuid: uuidAt(row), state, unsettled };
}
