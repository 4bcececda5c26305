import type { Notice, Unreadable } from "../model/notice.ts";
import { eventOfAttribute, readAttributeMessage } from "./attribute-message.ts";
import { attributeOf, attributesOf, eventOf, organisationOf, sightingOf } from "./bodies.ts";
import { booleanAt, idAt, isObject, type Json, Malformed, numberOr, objectAt, textAt, uuidAt } from "./coerce.ts";
import { kafkaPublication } from "./kafka-publication.ts";
import { publicationOf } from "./publication.ts";

type Decoder = (body: Json) => Notice[];

/** The topics that the courier subscribes to, each with what its messages mean. Audit, user and conversation stay unheard. */
const decoders: Record<string, Decoder> = {
  misp_json: publication,
  misp_json_event: event,
  misp_json_attribute: attribute,
  misp_json_object: object,
  misp_json_sighting: sighting,
  misp_json_tag: tag,
  misp_json_organisation: organisation,
  misp_json_warninglist: warninglist,
  misp_json_self: (body) => [{ kind: "alive", uptime: numberOr(body, "uptime", 0) }],
};

/** What ZeroMQ carries. */
export const TOPICS = Object.keys(decoders);

/** Under this name come publications over Kafka, which have a shape of their own. */
export const KAFKA_PUBLICATION = "misp_kafka_event_publish";

const SPACE = 0x20;
const EXCERPT = 2_000;

/** Reads one frame, `topic SPACE json`. Never throws: what cannot be read comes back as a value with its reason. */
export function decode(frame: Buffer): Notice[] | Unreadable {
  const space = frame.indexOf(SPACE);
  const topic = frame.toString("utf8", 0, Math.min(space < 0 ? frame.length : space, 64));
  try {
    const decoder = decoderOf(topic);
    if (!decoder) throw new Malformed("unknown topic");
    return decoder(decoder === attribute ? readAttributeMessage(frame, space + 1) : readMessage(frame, space + 1));
  } catch (error) {
    const reason = error instanceof Malformed ? error.message : "not valid JSON";
    return { topic, reason, excerpt: frame.toString("utf8", 0, EXCERPT) };
  }
}

function readMessage(frame: Buffer, start: number): Json {
  const body: unknown = JSON.parse(frame.toString("utf8", start));
  if (!isObject(body)) throw new Malformed("the message is not an object");
  return body;
}

function decoderOf(topic: string): Decoder | undefined {
  if (topic === KAFKA_PUBLICATION) return kafkaPublication;
  return Object.hasOwn(decoders, topic) ? decoders[topic] : undefined;
}

const OF_ATTRIBUTE = Buffer.from("misp_json_attribute ");

/** Whether a frame tells of a single attribute. */
export function isOfAttribute(frame: Buffer): boolean {
  return OF_ATTRIBUTE.equals(frame.subarray(0, OF_ATTRIBUTE.length));
}

export function isUnreadable(decoded: Notice[] | Unreadable): decoded is Unreadable {
  return !Array.isArray(decoded);
}

function attribute(body: Json): Notice[] {
  const row = objectAt(body, "Attribute");
  if (body.action === "delete") {
    return [{ kind: "attribute-erased", id: idAt(row), uuid: uuidAt(row), eventId: numberOr(row, "event_id", 0) }];
  }
  const how = body.action === "add" ? "add" : "edit";
  // Of an `add` the tags come later; an `edit` without a Tag block says that there are none.
  const attribute = attributeOf(row, how === "add" ? undefined : [], body.Object);
  return [
    { kind: "attribute", attribute, event: isObject(body.Event) ? eventOfAttribute(body.Event) : undefined, how },
  ];
}

/** Attributes tell for themselves of all that becomes of their object, but for its distribution. */
function object(body: Json): Notice[] {
  return body.action === "edit" ? [{ kind: "object-edited", eventId: idAt(objectAt(body, "Object"), "event_id") }] : [];
}

function event(body: Json): Notice[] {
  // After a server pull the event is named by a bare uuid, or by an id of the other server that means nothing here.
  if (typeof body.Event === "string" || typeof body.Event === "number") {
    return typeof body.Event === "string" && body.Event.length === 36
      ? [{ kind: "pulled", uuid: uuidAt(body, "Event") }]
      : [];
  }
  const row = objectAt(body, "Event");
  if (body.action === "delete") return [{ kind: "event-deleted", id: idAt(row), uuid: uuidAt(row) }];
  return [{ kind: "event", event: eventOf(row, body), how: "heard" }];
}

function publication(body: Json): Notice[] {
  const row = objectAt(body, "Event");
  return publicationOf(eventOf(row), attributesOf(row));
}

function sighting(body: Json): Notice[] {
  const row = objectAt(body, "Sighting");
  if (body.action === "delete") return [{ kind: "sighting-deleted", id: idAt(row) }];
  return [{ kind: "sighting", sighting: sightingOf(row), how: "heard" }];
}

const TAGGED = /^(attached to|detached from) (event|attribute)$/;

function tag(body: Json): Notice[] {
  const action = textAt(body, "action");
  const [, what, on] = TAGGED.exec(action) ?? [];
  if (action !== "edit" && on !== "event" && on !== "attribute") return [];
  const row = objectAt(body, "Tag");
  const name = textAt(row, "name", 255);
  if (name === "") throw new Malformed("the tag has no name");
  if (on !== "event" && on !== "attribute") return [{ kind: "tag-edited", name }];
  const eventId = idAt(row, "event_id");
  const id = on === "event" ? eventId : idAt(row, "attribute_id");
  return [{ kind: "tag", on, id, eventId, name, attached: what === "attached to" }];
}

/** MISP sends the saved form as it is; under a server pull it stands as `Orgc`, and an edit may leave out the id. */
function organisation(body: Json): Notice[] {
  const row = isObject(body.Organisation) ? body.Organisation : objectAt(body, "Orgc");
  return numberOr(row, "id", 0) === 0 ? [] : [{ kind: "organisation", organisation: organisationOf(row) }];
}

function warninglist(body: Json): Notice[] {
  const row = objectAt(body, "Warninglist");
  return [{ kind: "warninglist", id: idAt(row), enabled: booleanAt(row, "enabled") }];
}
