import type { MispClient } from "./client.ts";
import { booleanAt, idAt, isObject, type Json, numberOr, objectsAt, textAt, uuidAt, uuidOrNull } from "./coerce.ts";
import { readAnswer } from "./errors.ts";

/** What curation looks at: as much for an event of ten attributes as for one of a hundred thousand. */
export interface EventMetadata {
  id: number;
  uuid: string;
  /** The creator's UUID. */
  organisation: string | null;
  published: boolean;
  timestamp: number;
  attributes: number;
  tags: { name: string; local: boolean }[];
}

/** An event without its attributes; `undefined`: MISP does not have it (yet). */
export async function eventMetadata(
  client: MispClient,
  uuid: string,
  signal: AbortSignal,
): Promise<EventMetadata | undefined> {
  const [event] = await client.searchEvents({ uuid, metadata: 1, includeAllTags: 1 }, signal);
  return event && readAnswer("/events/restSearch", () => metadataOf(event));
}

function metadataOf(event: Json): EventMetadata {
  return {
    id: idAt(event),
    uuid: uuidAt(event),
    organisation: isObject(event.Orgc) ? uuidOrNull(event.Orgc) : null,
    published: booleanAt(event, "published"),
    timestamp: numberOr(event, "timestamp", 0),
    attributes: numberOr(event, "attribute_count", 0),
    tags: objectsAt(event, "Tag").map((tag) => ({ name: textAt(tag, "name", 255), local: booleanAt(tag, "local") })),
  };
}
