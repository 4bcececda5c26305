import type { Notice } from "../model/notice.ts";
import { attributesOf, eventOf } from "./bodies.ts";
import { idAt, type Json, listAt, objectAt, objectsAt, textAt, uuidAt } from "./coerce.ts";
import { publicationOf } from "./publication.ts";

/**
 * `event_publish`, which only Kafka has: a whole event as MISP reads it from its database, its parts beside it and not within,
 * its tags as the rows that tie them. It says what became of the event, and, unlike ZeroMQ, when it was unpublished.
 */
export function kafkaPublication(body: Json): Notice[] {
  const row = objectAt(body, "Event");
  const action = textAt(body, "action");
  if (action === "delete") return [{ kind: "event-deleted", id: idAt(row), uuid: uuidAt(row) }];
  const facts = eventOf(row, body);
  if (action === "unpublish") return [{ kind: "event", event: { ...facts, published: false }, how: "heard" }];
  // What else there may be one day says nothing that is known.
  if (action !== "publish" && action !== "manual_publish") return [];
  const attributes = attributesOf({
    id: row.id,
    Attribute: objectsAt(body, "Attribute").map(withTags),
    Object: objectsAt(body, "Object").map((one) => ({ ...one, Attribute: objectsAt(one, "Attribute").map(withTags) })),
  });
  return publicationOf(facts, attributes);
}

function withTags(attribute: Json): Json {
  if (!("AttributeTag" in attribute)) return attribute;
  return { ...attribute, Tag: listAt(attribute, "AttributeTag").map((tie) => objectAt(tie, "Tag")) };
}
