import {
  booleanAt,
  idAt,
  isObject,
  type Json,
  Malformed,
  numberOr,
  objectsAt,
  secondsOr,
  textAt,
  uuidAt,
  uuidOrNull,
} from "./coerce.ts";

/** What curation looks at: as much for an event of ten attributes as for one of a hundred thousand. */
export interface EventMetadata {
  id: number;
  uuid: string;
  /** The creator's UUID. */
  organisation: string | null;
  /** The creator is an organisation of this MISP. */
  isLocal: boolean;
  published: boolean;
  timestamp: number;
  attributes: number;
  tags: { name: string; local: boolean }[];
}

/** What an event's own facts, as MISP's searches have them, say of that; `undefined` where they cannot be read. */
export function metadataOf(event: Json): EventMetadata | undefined {
  try {
    const creator = isObject(event.Orgc) ? event.Orgc : {};
    return {
      id: idAt(event),
      uuid: uuidAt(event),
      organisation: uuidOrNull(creator),
      isLocal: booleanAt(creator, "local"),
      published: booleanAt(event, "published"),
      timestamp: secondsOr(event, "timestamp", 0),
      attributes: numberOr(event, "attribute_count", 0),
      tags: objectsAt(event, "Tag").map((tag) => ({
        name: textAt(tag, "name", 255),
        local: booleanAt(tag, "local"),
      })),
    };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
