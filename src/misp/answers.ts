import type { Notice } from "../model/notice.ts";
import { attributesOf, eventOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import type { Json } from "./coerce.ts";

/** An event's own facts as REST tells them; empty when MISP does not have it. */
export async function askFacts(client: MispClient, event: string | number, signal: AbortSignal): Promise<Notice[]> {
  const key = typeof event === "string" ? "uuid" : "eventid";
  const [found] = await client.searchEvents({ [key]: event, metadata: 1, includeAllTags: 1 }, signal);
  // A search answers with an empty list to many a mistake; before an event is taken for missing, it is asked for by name.
  const body = found ?? (await client.viewEvent(event, signal));
  return body ? [{ kind: "event", event: eventOf(body), how: "answer" }] : [];
}

/** An event with all its attributes as REST tells them; empty when MISP does not have it. */
export async function askWhole(client: MispClient, event: string | number, signal: AbortSignal): Promise<Notice[]> {
  const body = await client.viewEvent(event, signal);
  return body ? wholeEvent(body) : [];
}

function wholeEvent(body: Json): Notice[] {
  const event = eventOf(body);
  return [
    { kind: "event", event, how: "answer" },
    ...attributesOf(body).map((attribute): Notice => ({ kind: "attribute", attribute, event, how: "answer" })),
  ];
}
