import type { EventFacts } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import { attributesOf, attributesShown, eventOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { type Json, numberOr } from "./coerce.ts";
import { readAnswer } from "./errors.ts";
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

/** An event with all its attributes as REST tells them; empty when MISP does not have it. */
export async function askWhole(client: MispClient, event: string | number, signal: AbortSignal): Promise<Notice[]> {
  const body = await client.viewEvent(event, signal);
  return body ? readAnswer(`/events/view/${event}`, () => wholeEvent(body)) : [];
}

/** An event without tags has no Tag block, where REST tells tags at all. */
export function factsOf(body: Json): EventFacts {
  const facts = eventOf(body);
  return { ...facts, tags: facts.tags ?? [] };
}

/** What `/events/view` says of an event, and that it has no more attributes than these. */
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
