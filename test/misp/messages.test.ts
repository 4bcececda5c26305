import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attributeOf } from "../../src/misp/bodies.ts";
import { decode, isUnreadable, TOPICS } from "../../src/misp/messages.ts";
import { aFrame, wireAttribute, wireEvent, wireEventOfAttribute, wireSighting } from "../support/frames.ts";
import { hostileText } from "../support/hostile-text.ts";

function decoded(topic: string, body: unknown) {
  return decode(aFrame(topic, body));
}

test("only what the courier works on is subscribed to: no audit, users or conversations", () => {
  expect(TOPICS.toSorted()).toEqual([
    "misp_json",
    "misp_json_attribute",
    "misp_json_event",
    "misp_json_object",
    "misp_json_organisation",
    "misp_json_self",
    "misp_json_sighting",
    "misp_json_tag",
    "misp_json_warninglist",
  ]);
});

describe("attributes", () => {
  const told = (action: string, columns = {}) =>
    decoded("misp_json_attribute", { Attribute: wireAttribute(columns), Event: wireEventOfAttribute(), action });

  test("an added one, with its event and creator; what tags it has comes later", () => {
    expect(told("add")).toEqual([
      {
        kind: "attribute",
        how: "add",
        attribute: {
          id: 3,
          uuid: "27d10ce3-5e0d-4f00-a532-ba690c0c2ad1",
          eventId: 1,
          type: "domain",
          value: "evil.example",
          category: "Network activity",
          toIds: true,
          deleted: false,
          comment: "seen in a mail",
          timestamp: 1795208613,
          firstSeen: null,
          lastSeen: null,
          distribution: 5,
          tags: undefined,
        },
        event: {
          id: 1,
          uuid: "0e235bbc-2689-4a01-8c22-23879545607c",
          info: "lab event",
          date: "2026-11-20",
          distribution: 1,
          threatLevel: 2,
          creator: { id: 1, uuid: "aeea95ce-1400-46e6-a396-c5e817780fa0", name: "ORGNAME" },
          timestamp: undefined,
          publishTimestamp: undefined,
          published: false,
          tags: undefined,
        },
      },
    ]);
  });

  test("an edited one tells its tags, and without a block says that there are none", () => {
    const Tag = [{ id: "1", name: "tlp:green", local: false }];
    expect(told("edit", { Tag })).toMatchObject([{ how: "edit", attribute: { tags: ["tlp:green"] } }]);
    expect(told("edit")).toMatchObject([{ how: "edit", attribute: { tags: [] } }]);
  });

  test("the soft delete of a sanitising MISP: only the UUID is still the same", () => {
    const sanitised = { type: "comment", category: "Other", value: "deleted", value1: "deleted", to_ids: false };
    expect(told("soft-delete", { ...sanitised, deleted: true })).toMatchObject([
      { kind: "attribute", how: "edit", attribute: { deleted: true, uuid: "27d10ce3-5e0d-4f00-a532-ba690c0c2ad1" } },
    ]);
  });

  test("a hard delete is a bare row that says deleted:false", () => {
    expect(decoded("misp_json_attribute", { Attribute: wireAttribute(), action: "delete" })).toEqual([
      { kind: "attribute-erased", id: 3, uuid: "27d10ce3-5e0d-4f00-a532-ba690c0c2ad1", eventId: 1 },
    ]);
  });

  test("with native numbers, and flags as 0, 1 and text", () => {
    const numbers = { id: 3, event_id: 1, timestamp: 1795208613, distribution: 5, to_ids: "1", deleted: 0 };
    expect(told("edit", numbers)).toEqual(told("edit"));
    expect(told("edit", { to_ids: 0 })).toMatchObject([{ attribute: { toIds: false } }]);
  });

  test("a value that comes in halves only is put together", () => {
    const halves = { type: "domain|ip", value1: "evil.example", value2: "198.51.100.7", value: undefined };
    expect(told("add", halves)).toMatchObject([{ attribute: { value: "evil.example|198.51.100.7" } }]);
  });

  test("first and last seen are seconds", () => {
    const seen = { first_seen: "2026-11-20T10:00:00.000000+00:00", last_seen: "2026-11-21T10:00:00.000000+00:00" };
    expect(told("edit", seen)).toMatchObject([{ attribute: { firstSeen: 1795168800, lastSeen: 1795255200 } }]);
  });

  test("without its event it is still told", () => {
    const message = decoded("misp_json_attribute", { Attribute: wireAttribute(), action: "add" });
    expect(message).toMatchObject([{ kind: "attribute", event: undefined }]);
  });
});

describe("events", () => {
  test("an edited one, with creator and tags", () => {
    const facts = { timestamp: 1795208735, publishTimestamp: 1795208702, tags: ["tlp:amber"], published: false };
    expect(decoded("misp_json_event", wireEvent())).toMatchObject([{ kind: "event", how: "heard", event: facts }]);
  });

  test("a deleted one is the bare row", () => {
    const { Event } = wireEvent();
    expect(decoded("misp_json_event", { Event, action: "delete" })).toEqual([
      { kind: "event-deleted", id: 1, uuid: "0e235bbc-2689-4a01-8c22-23879545607c" },
    ]);
  });

  test("one that was pulled is only named, and a number of the other server means nothing here", () => {
    const pulled = (Event: unknown) =>
      decoded("misp_json_event", { Event, Server: "1", action: "edit_from_connected_server" });
    const uuid = "279db1ff-7b99-4eba-8897-bd6231a7a5b6";
    expect(pulled(uuid)).toEqual([{ kind: "pulled", uuid }]);
    expect(pulled("71")).toEqual([]);
    expect(pulled(71)).toEqual([]);
  });
});

test("a publication tells the event as it was, its attributes and those of its objects, and that it was published", () => {
  const { uuid, ...columns } = wireAttribute({ value1: undefined, value2: undefined });
  const other = { ...columns, id: "4", uuid: "37d10ce3-5e0d-4f00-a532-ba690c0c2ad1", event_id: undefined };
  const Event = {
    ...wireEventOfAttribute({ timestamp: "1795208735", publish_timestamp: "0" }),
    Tag: [{ name: "tlp:amber", local: 0 }],
    Attribute: [{ ...columns, uuid, Tag: [{ name: "own" }, { name: "tlp:amber", inherited: 1 }] }, { id: "bad" }],
    Object: [{ name: "file", Attribute: [other] }],
  };
  const notices = decoded("misp_json", { Event });
  expect(notices).toMatchObject([
    { kind: "event", how: "snapshot", event: { tags: ["tlp:amber"], published: false, publishTimestamp: 0 } },
    { kind: "attribute", how: "snapshot", attribute: { id: 3, tags: ["own"] }, event: { id: 1 } },
    { kind: "attribute", how: "snapshot", attribute: { id: 4, eventId: 1, tags: [] } },
    { kind: "published", id: 1 },
  ]);
});

describe("sightings", () => {
  test("each type, with the value it is about", () => {
    for (const type of [0, 1, 2]) {
      expect(decoded("misp_json_sighting", wireSighting({ type: String(type) }))).toMatchObject([
        {
          kind: "sighting",
          sighting: {
            id: 2,
            uuid: "7ed330e8-fe46-4975-bae6-460d00be854e",
            attributeId: 3,
            type,
            date: 1795208711,
            organisationId: 1,
            source: "lab-siem",
            about: { type: "domain", value: "evil.example" },
          },
        },
      ]);
    }
  });

  test("an anonymised one, and one without its attribute", () => {
    const bare = wireSighting({ org_id: undefined, Attribute: undefined });
    expect(decoded("misp_json_sighting", bare)).toMatchObject([{ sighting: { organisationId: 0, about: undefined } }]);
  });

  test("one that was taken back", () => {
    const removed = { ...wireSighting(), action: "delete" };
    expect(decoded("misp_json_sighting", removed)).toEqual([{ kind: "sighting-deleted", id: 2 }]);
  });

  test("a type that MISP does not have cannot be read", () => {
    expect(decoded("misp_json_sighting", wireSighting({ type: "7" }))).toMatchObject({
      topic: "misp_json_sighting",
      reason: "7 is no type of sighting",
    });
  });
});

describe("tags", () => {
  const tagged = (action: string, ids: object) =>
    decoded("misp_json_tag", { Tag: { id: "6", name: "tlp:green", ...ids }, action });

  test("attached to or detached from an event or an attribute", () => {
    const event = { kind: "tag", on: "event", id: 7, eventId: 7, name: "tlp:green" };
    expect(tagged("attached to event", { event_id: "7", local: false })).toEqual([{ ...event, attached: true }]);
    expect(tagged("detached from event", { event_id: 7 })).toEqual([{ ...event, attached: false }]);
    const attribute = { ...event, on: "attribute", id: 3 };
    const ids = { event_id: "7", attribute_id: "3" };
    expect(tagged("attached to attribute", ids)).toEqual([{ ...attribute, attached: true }]);
    expect(tagged("detached from attribute", ids)).toEqual([{ ...attribute, attached: false }]);
  });

  test("that were edited may have another name", () => {
    expect(tagged("edit", {})).toEqual([{ kind: "tag-edited", name: "tlp:green" }]);
  });

  test("that were only made or deleted say nothing of any event", () => {
    for (const action of ["add", "delete"]) expect(tagged(action, {})).toEqual([]);
  });
});

test("an organisation, also under the name that a pull gives it; a form without id says nothing", () => {
  const uuid = "c973f943-6304-4b46-80e2-427216eb5698";
  const organisation = { id: 7, uuid, name: "REMOTEORG" };
  const row = { id: "7", uuid, name: "REMOTEORG", local: 0 };
  expect(decoded("misp_json_organisation", { Organisation: row })).toEqual([{ kind: "organisation", organisation }]);
  expect(decoded("misp_json_organisation", { Orgc: row })).toEqual([{ kind: "organisation", organisation }]);
  expect(decoded("misp_json_organisation", { Organisation: { name: "REMOTEORG" } })).toEqual([]);
});

describe("an object", () => {
  const ofObject = (distribution: string, own = "5") => ({
    Attribute: wireAttribute({ object_id: "2", distribution: own }),
    Object: { id: "2", event_id: "1", distribution },
    Event: wireEventOfAttribute(),
  });
  const distributionOf = (body: object) => decoded("misp_json_attribute", { ...body, action: "edit" });

  test.each([
    ["lends its own to an attribute that inherits", "0", "5", 0],
    ["closes an attribute that is more open", "4", "3", 4],
    ["leaves one alone that is more closed", "3", "0", 0],
    ["leaves one alone where it inherits itself", "5", "1", 1],
  ])("%s", (_, object, own, distribution) => {
    expect(distributionOf(ofObject(object, own))).toMatchObject([{ attribute: { distribution } }]);
    const whole = {
      ...wireEventOfAttribute(),
      Object: [{ distribution: object, Attribute: [ofObject("5", own).Attribute] }],
    };
    expect(decoded("misp_json", { Event: whole })).toContainEqual(
      expect.objectContaining({ attribute: expect.objectContaining({ distribution }) }),
    );
  });

  test("stands within the attribute in an answer of REST", () => {
    expect(attributeOf({ ...wireAttribute(), Object: { id: "2", distribution: "0" } }, []).distribution).toBe(0);
  });

  test("that was edited may have another distribution; all else its attributes tell", () => {
    const object = { id: "2", event_id: "1", distribution: "0" };
    expect(decoded("misp_json_object", { Object: object, action: "edit" })).toEqual([
      { kind: "object-edited", eventId: 1 },
    ]);
    for (const action of ["add", "soft-delete", "delete"])
      expect(decoded("misp_json_object", { Object: object, action })).toEqual([]);
  });
});

test("a warninglist and the sign of life", () => {
  const list = { Warninglist: { id: "13", name: "resolvers", enabled: true }, action: "edit" };
  expect(decoded("misp_json_warninglist", list)).toEqual([{ kind: "warninglist", id: 13, enabled: true }]);
  // Releases of 2026 send its entries and types as well.
  const whole = { ...list, WarninglistEntry: [{ id: "1", value: "192.0.2.1" }], WarninglistType: [{ type: "ip-src" }] };
  expect(decoded("misp_json_warninglist", whole)).toEqual(decoded("misp_json_warninglist", list));
  expect(decoded("misp_json_self", { status: "I feel FANTASTIC", uptime: 32 })).toEqual([
    { kind: "alive", uptime: 32 },
  ]);
});

describe("what cannot be read", () => {
  test.for([
    ["misp_json_audit {}", "unknown topic"],
    ["__proto__ {}", "unknown topic"],
    ["misp_json", "not valid JSON"],
    ["misp_json_event {", "not valid JSON"],
    ["misp_json_event [1]", "the message is not an object"],
    ["misp_json_event {}", "Event is not an object"],
    ['misp_json_attribute {"Attribute":{"id":"x"}}', "type is missing"],
    ['misp_json_tag {"Tag":{"event_id":"1"},"action":"attached to event"}', "the tag has no name"],
  ])("%s: %s", ([text, reason]) => {
    expect(decode(Buffer.from(text ?? ""))).toMatchObject({ reason, excerpt: text });
  });

  test("is kept with its beginning only", () => {
    const unreadable = decode(Buffer.from(`misp_json_event ${"x".repeat(1_000_000)}`));
    expect(isUnreadable(unreadable) && unreadable.excerpt.length).toBe(2_000);
  });

  test("is never thrown, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decode(Buffer.from(bytes))));
    const topic = fc.constantFrom(...TOPICS);
    fc.assert(fc.property(topic, fc.json(), (name, json) => void decode(Buffer.from(`${name} ${json}`))));
  });

  test("is never thrown, whatever stands in a known place", () => {
    const value = fc.oneof(hostileText(), fc.integer(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
    const block = (keys: string[]) =>
      fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
    const attribute = block(["id", "event_id", "uuid", "type", "value", "value1", "to_ids", "timestamp", "Tag"]);
    const event = fc.oneof(value, block(["id", "uuid", "Attribute", "Object", "Tag", "Orgc", "published", "date"]));
    const body = fc.record(
      {
        Attribute: attribute,
        Event: event,
        Sighting: block(["id", "type", "Attribute"]),
        Tag: attribute,
        action: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...TOPICS), body, (topic, message) => {
        const read = decoded(topic, message);
        expect(Array.isArray(read) || typeof read.reason === "string").toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
