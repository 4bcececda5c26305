import type { Notice } from "../model/notice.ts";
import { factsOf } from "./answers.ts";
import { eventTagsOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { uuidAt } from "./coerce.ts";
import { readAnswer } from "./errors.ts";

/** An event, and the names of the tags that MISP's list shows with it. */
export interface TaggedEvent {
  uuid: string;
  tags: readonly string[];
}

/** Each brings what MISP knows of its galaxies, too. */
const LIMIT = 500;
const OLDEST_FIRST = { sort: "id", direction: "asc" };
const NEWEST_FIRST = { sort: "timestamp", direction: "desc" };

/**
 * MISP's long list of events, for its tags: of local ones neither the short list nor an event's times say anything.
 * @param most so many of those that changed last are enough; else all are listed
 */
export async function listTags(client: MispClient, signal: AbortSignal, most?: number): Promise<TaggedEvent[]> {
  const order = most === undefined ? OLDEST_FIRST : NEWEST_FIRST;
  const events = new Map<string, TaggedEvent>();
  for (let page = 1; ; page += 1) {
    const rows = await client.indexEvents({ limit: LIMIT, page, ...order }, signal);
    const before = events.size;
    for (const row of rows) {
      const event = readAnswer("/events/index", () => ({ uuid: uuidAt(row), tags: eventTagsOf(row) }));
      if (event.tags) events.set(event.uuid, { ...event, tags: event.tags });
    }
    // A page without anything new: the end, a MISP that does not turn pages, or one that tells no tags here.
    const isLast = rows.length < LIMIT || events.size === before;
    if (isLast || page * LIMIT >= (most ?? Number.POSITIVE_INFINITY)) return [...events.values()];
  }
}

/** The own facts of several events, of those that MISP has. */
export async function askFactsOfMany(
  client: MispClient,
  uuids: readonly string[],
  signal: AbortSignal,
): Promise<Notice[]> {
  const rows = await client.searchEvents({ metadata: 1, includeAllTags: 1, uuid: uuids }, signal);
  return readAnswer("/events/restSearch", () =>
    rows.map((row): Notice => ({ kind: "event", event: factsOf(row), how: "answer" })),
  );
}
