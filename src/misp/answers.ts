import type { EventFacts } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import { attributesOf, attributesShown, eventOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { type Json, numberOr, uuidOrNull } from "./coerce.ts";
import { MispError, readAnswer } from "./errors.ts";
import type { EventDesk } from "./event-desk.ts";

/** An event's own facts as REST tells them; empty when MISP does not have it. */
export async function askFacts(
  { client, desk }: { client: MispClient; desk: EventDesk },
  event: string | number,
  signal: AbortSignal,
): Promise<Notice[]> {
  const found = typeof event === "string" ? await desk.look(event) : await desk.lookUp(event);
  // A search answers with an empty list to many a mistake; before an event is taken for missing, it is asked for by name.
  const body = found ?? (await client.viewEvent(event, signal));
  if (!body) return [];
  return [{ kind: "event", event: readAnswer("/events/restSearch", () => factsOf(body)), how: "answer" }];
}

/**
 * An event with all its attributes as REST tells them; empty when MISP does not have it. By its name MISP shows it without the tags
 * that are not to be exported, by a search with all of them; but the search leaves out what stands on its allowedlist.
 */
export async function askWhole(client: MispClient, event: string | number, signal: AbortSignal): Promise<Notice[]> {
  const found = await findWhole(client, event, signal);
  if (found.some(({ kind }) => kind === "contents")) return found;
  const body = await client.viewEvent(event, signal);
  const shown = body ? readAnswer(`/events/view/${event}`, () => wholeEvent(body)) : [];
  const told = new Set(found.map(subjectOf));
  return [...found, ...shown.filter((notice) => !told.has(subjectOf(notice)))];
}

/** What MISP's search gives of an event; a search that is refused, or too much for MISP, keeps nobody from asking by name. */
async function findWhole(client: MispClient, event: string | number, signal: AbortSignal): Promise<Notice[]> {
  const name = typeof event === "string" ? { uuid: event } : { eventid: event };
  try {
    const rows = await client.searchEvents({ ...name, includeAllTags: 1 }, signal);
    const body = rows.find((row) => (typeof event === "string" ? uuidOrNull(row) : numberOr(row, "id", 0)) === event);
    return body ? readAnswer("/events/restSearch", () => wholeEvent(body)) : [];
  } catch (error) {
    if (!(error instanceof MispError) || error.meaning === "unreachable") throw error;
    return [];
  }
}

function subjectOf(notice: Notice): string {
  return notice.kind === "attribute" ? notice.attribute.uuid : notice.kind;
}

/** An event without tags has no Tag block, where REST tells tags at all. */
export function factsOf(body: Json): EventFacts {
  const facts = eventOf(body);
  return { ...facts, tags: facts.tags ?? [] };
}

/** What MISP says of a whole event, and that it has no more attributes than these. */
export function wholeEvent(body: Json): Notice[] {
  const event = factsOf(body);
  const attributes = attributesOf(body);
  const uuids = new Set(attributes.map(({ uuid }) => uuid));
  // An answer that holds less than it says there is, or what cannot be read, tells nothing of what is missing.
  const told = numberOr(body, "attribute_count", Number.POSITIVE_INFINITY);
  const isWhole = uuids.size >= told && attributes.length === attributesShown(body);
  return [
    { kind: "event", event, how: "answer" },
    ...attributes.map((attribute): Notice => ({ kind: "attribute", attribute, event, how: "answer" })),
    ...(isWhole ? [{ kind: "contents" as const, id: event.id, uuid: event.uuid, attributes: uuids }] : []),
  ];
}
