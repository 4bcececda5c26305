import type { Notice } from "../model/notice.ts";
import { wholeEvent } from "./answers.ts";
import type { MispClient } from "./client.ts";
import { type Json, numberOr, uuidAt } from "./coerce.ts";
import { readAnswer } from "./errors.ts";

const PATH = "/events/restSearch";
/** So many attributes come together in one answer; an event with more is asked for by name. */
const MOST_ATTRIBUTES = 2_000;

/** What belongs to several events, by UUID, of those that MISP's search gives whole; the others are to be asked for by name. */
export async function searchWhole(
  client: MispClient,
  uuids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Notice[]>> {
  const whole = new Map<string, Notice[]>();
  for (const portion of portionsOf(await search(client, { metadata: 1 }, uuids, signal))) {
    for (const [uuid, body] of await search(client, {}, portion, signal)) {
      const notices = readAnswer(PATH, () => wholeEvent(body));
      // MISP's search leaves out what stands on its allowedlist, and only a whole event tells what is missing.
      if (notices.some(({ kind }) => kind === "contents")) whole.set(uuid, notices);
    }
  }
  return whole;
}

/** Those that were asked for; none where MISP brings others, too, and so does not search as it was told. */
async function search(
  client: MispClient,
  query: Json,
  uuids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Json>> {
  const rows = await client.searchEvents({ ...query, includeAllTags: 1, uuid: uuids }, signal);
  const found = new Map(readAnswer(PATH, () => rows.map((row) => [uuidAt(row), row])));
  return [...found.keys()].every((uuid) => uuids.includes(uuid)) ? found : new Map();
}

/** As many together as make one answer; an event that alone would be too much is in none. */
function portionsOf(events: ReadonlyMap<string, Json>): string[][] {
  const portions: string[][] = [];
  let room = 0;
  for (const [uuid, event] of events) {
    const attributes = numberOr(event, "attribute_count", Number.POSITIVE_INFINITY);
    if (attributes > MOST_ATTRIBUTES) continue;
    if (portions.length === 0 || attributes > room) {
      portions.push([]);
      room = MOST_ATTRIBUTES;
    }
    portions.at(-1)?.push(uuid);
    room -= attributes;
  }
  return portions;
}
