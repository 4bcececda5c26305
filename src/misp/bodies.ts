import { INHERIT, reach } from "../model/distribution.ts";
import { type Attribute, type EventFacts, type Organisation, type Sighting, SightingType } from "../model/misp.ts";
import {
  booleanAt,
  flagAt,
  idAt,
  isObject,
  type Json,
  listAt,
  Malformed,
  numberAt,
  numberOr,
  objectAt,
  objectsAt,
  secondsAt,
  secondsOr,
  textAt,
  timeAt,
  uuidAt,
  uuidOrNull,
} from "./coerce.ts";

/** How long a type name, a tag name or an organisation's name may be; MISP's columns hold no more. */
const NAME = 255;

/**
 * An `Attribute` object of the feed or of REST, as open as the object that it is part of lets it be.
 * @param noTags what its lack of a Tag block means: no tags, or not told
 * @param object the `Object` block beside it or around it
 */
export function attributeOf(
  body: Json,
  noTags: readonly string[] | undefined,
  object: unknown = body.Object,
): Attribute {
  const type = textAt(body, "type", NAME);
  if (type === "") throw new Malformed("type is missing");
  return {
    id: idAt(body),
    uuid: uuidAt(body),
    eventId: idAt(body, "event_id"),
    type,
    value: attributeValue(body),
    category: textAt(body, "category", NAME),
    toIds: flagAt(body, "to_ids"),
    deleted: booleanAt(body, "deleted"),
    comment: textAt(body, "comment"),
    timestamp: secondsAt(body, "timestamp"),
    firstSeen: timeAt(body, "first_seen"),
    lastSeen: timeAt(body, "last_seen"),
    distribution: reach(
      numberOr(body, "distribution", INHERIT),
      isObject(object) ? numberOr(object, "distribution", INHERIT) : INHERIT,
    ),
    tags: "Tag" in body ? ownTags(body) : noTags,
  };
}

function attributeValue(body: Json): string {
  const value = textAt(body, "value");
  if (value !== "") return value;
  const first = textAt(body, "value1");
  const second = textAt(body, "value2");
  if (first === "") throw new Malformed("value is missing");
  return second === "" ? first : `${first}|${second}`;
}

/** REST mixes the event's tags into the attribute's and marks them as inherited. */
function ownTags(body: Json): string[] {
  return listAt(body, "Tag")
    .filter((tag) => !booleanAt(tag, "inherited"))
    .map(tagName);
}

function tagName(tag: Json): string {
  const name = textAt(tag, "name", NAME);
  if (name === "") throw new Malformed("a tag has no name");
  return name;
}

/** The `Event` block of any message; what is beside it (`Orgc`, `EventTag`) is looked for in `beside`. */
export function eventOf(body: Json, beside: Json = body): EventFacts {
  return {
    id: idAt(body),
    uuid: uuidAt(body),
    info: textAt(body, "info"),
    date: textAt(body, "date", 10),
    distribution: numberOr(body, "distribution", 0),
    threatLevel: numberOr(body, "threat_level_id", 4),
    creator: creatorOf(body, beside),
    timestamp: secondsOr(body, "timestamp", undefined),
    publishTimestamp: secondsOr(body, "publish_timestamp", undefined),
    published: booleanAt(body, "published"),
    tags: eventTagsOf(body, beside),
  };
}

function creatorOf(body: Json, beside: Json): Organisation {
  const block = isObject(body.Orgc) ? body.Orgc : beside.Orgc;
  const named = isObject(block) ? block : {};
  return {
    id: numberOr(body, "orgc_id", numberOr(named, "id", 0)),
    uuid: uuidOrNull(named),
    name: textAt(named, "name", NAME) || null,
  };
}

/** The names of an event's tags; `undefined` where they are not told. */
export function eventTagsOf(body: Json, beside: Json = body): string[] | undefined {
  if ("EventTag" in beside) {
    return listAt(beside, "EventTag").map((tie) => tagName(objectAt(tie, "Tag")));
  }
  if ("Tag" in body) return ownTags(body);
  return undefined;
}

/** All attributes of a whole event, those inside objects included. An attribute that cannot be read is left out. */
export function attributesOf(event: Json): Attribute[] {
  return [event, ...objectsAt(event, "Object")].flatMap((part) =>
    objectsAt(part, "Attribute").flatMap((body) => {
      try {
        return [attributeOf({ event_id: event.id, ...body }, [], part === event ? undefined : part)];
      } catch {
        return [];
      }
    }),
  );
}

/** How much a whole event shows that is, or may hold, an attribute, readable or not. */
export function attributesShown(event: Json): number {
  const lengthAt = (part: Json, key: string) => (Array.isArray(part[key]) ? part[key].length : 0);
  const objects = objectsAt(event, "Object");
  const unreadable = lengthAt(event, "Object") - objects.length;
  return [event, ...objects].reduce((count, part) => count + lengthAt(part, "Attribute"), unreadable);
}

/** A `Sighting` object; REST puts the value beside the attribute's block, or leaves the block out. */
export function sightingOf(body: Json): Sighting {
  const type = numberAt(body, "type");
  if (type !== SightingType.seen && type !== SightingType.falsePositive && type !== SightingType.expired) {
    throw new Malformed(`${type} is no type of sighting`);
  }
  const about = isObject(body.Attribute) ? body.Attribute : undefined;
  return {
    id: idAt(body),
    uuid: uuidAt(body),
    attributeId: idAt(body, "attribute_id"),
    eventId: numberOr(body, "event_id", 0),
    type,
    date: secondsAt(body, "date_sighting"),
    organisationId: numberOr(body, "org_id", 0),
    source: textAt(body, "source", NAME),
    about: about && { type: textAt(about, "type", NAME), value: textAt(about, "value") },
  };
}

/** An organisation, from its own message or from REST's index. */
export function organisationOf(body: Json): Organisation {
  return { id: idAt(body), uuid: uuidOrNull(body), name: textAt(body, "name", NAME) || null };
}
