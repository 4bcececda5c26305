import { expect, test } from "vitest";
import { Lab, parts } from "./stand-in-lab.ts";

const lab = new Lab();

test("announces a new event, then its tags, then attribute by attribute, and its publication last", async () => {
  lab.misp.addEvent({
    info: "one",
    published: true,
    tags: ["tlp:green"],
    attributes: [
      { type: "ip-dst", value: "198.51.100.1", tags: ["a:b"] },
      { type: "domain", value: "evil.example" },
    ],
  });
  expect(await lab.ear.until(lab.misp)).toEqual([
    "tag add",
    "tag add",
    "event add",
    "tag attached to event",
    "attribute add",
    "tag attached to attribute",
    "attribute add",
    "misp_json",
  ]);
  expect(lab.ear.body("event add")).toMatchObject({
    EventTag: [],
    Event: { attribute_count: "0", publish_timestamp: "0" },
  });
});

test("writes numbers as strings, flags as booleans, and both halves of a composite value", async () => {
  const { id } = lab.misp.addEvent({ info: "one" });
  const attribute = lab.misp.addAttribute(id, {
    type: "domain|ip",
    value: "evil.example|198.51.100.1",
    lastSeen: 1_800_000_000,
  });
  await lab.ear.until(lab.misp);
  expect(lab.ear.body("attribute add")).toEqual({
    Attribute: {
      id: "1",
      event_id: "1",
      object_id: "0",
      object_relation: null,
      category: "Network activity",
      type: "domain|ip",
      value1: "evil.example",
      value2: "198.51.100.1",
      to_ids: true,
      uuid: attribute.uuid,
      timestamp: "1800000000",
      distribution: "5",
      sharing_group_id: "0",
      comment: "",
      deleted: false,
      disable_correlation: false,
      first_seen: null,
      last_seen: "2027-01-15T08:00:00.000000+00:00",
      value: "evil.example|198.51.100.1",
      Sighting: [],
    },
    Event: expect.not.objectContaining({ timestamp: expect.anything() }),
    action: "add",
  });
});

test("shows a publication with the flag and the publish timestamp of before it", async () => {
  const { id } = lab.misp.addEvent({ info: "one", attributes: [{ type: "domain", value: "evil.example" }] });
  lab.misp.publish(id);
  await lab.ear.until(lab.misp);
  expect(lab.ear.body("misp_json")).toMatchObject({ Event: { published: false, publish_timestamp: "0" } });
  expect((await lab.get(`/events/view/${id}`)).at("Event")).toMatchObject({
    published: true,
    publish_timestamp: "1800000000",
  });
});

test("lets an edit unpublish the event in silence, keeping its publish timestamp", async () => {
  const { id, attributes } = lab.misp.addEvent({
    info: "one",
    published: true,
    attributes: [{ type: "domain", value: "old.example" }],
  });
  lab.now += 5000;
  lab.ear.forget();
  lab.misp.editAttribute(attributes[0]?.id ?? 0, { value: "new.example" });
  expect(await lab.ear.until(lab.misp)).toEqual(expect.not.arrayContaining(["event edit"]));
  expect(lab.ear.body("attribute edit")).toMatchObject({
    Attribute: { value: "new.example" },
    Event: { published: true },
  });
  expect((await lab.get(`/events/view/${id}`)).at("Event")).toMatchObject({
    published: false,
    timestamp: "1800000005",
    publish_timestamp: "1800000000",
  });
  expect(await lab.found({ value: "old.example" })).toEqual([]);
});

test("tells soft deletion, return, deletion for good and the event's end in four different ways", async () => {
  const { id, attributes } = lab.misp.addEvent({
    info: "one",
    attributes: [{ type: "domain", value: "evil.example", tags: ["a:b"] }],
  });
  const attribute = attributes[0]?.id ?? 0;
  lab.misp.sight(attribute);
  await lab.ear.until(lab.misp);
  lab.ear.forget();
  lab.misp.softDelete(attribute);
  lab.misp.restore(attribute);
  lab.misp.hardDelete(attribute);
  lab.misp.deleteEvent(id);
  expect(await lab.ear.until(lab.misp)).toEqual([
    "attribute soft-delete",
    "attribute edit",
    "event edit",
    "attribute delete",
    "tag detached from attribute",
    "sighting delete",
    "event delete",
  ]);
  expect(lab.ear.body("attribute soft-delete")).toMatchObject({ Attribute: { deleted: true }, Event: { id: "1" } });
  expect(lab.ear.body("attribute delete")).toEqual({
    Attribute: expect.objectContaining({ deleted: false }),
    action: "delete",
  });
  expect(Object.keys(lab.ear.body("event delete") ?? {})).toEqual(["Event", "action"]);
});

test("announces a global attribute tag with an edit and a local one without", async () => {
  const { id, attributes } = lab.misp.addEvent({
    info: "one",
    published: true,
    attributes: [{ type: "domain", value: "evil.example" }],
  });
  const attribute = attributes[0]?.id ?? 0;
  await lab.ear.until(lab.misp);
  lab.ear.forget();
  lab.misp.tagAttribute(attribute, "mine", { local: true });
  lab.misp.tagEvent(id, "mine", { local: true });
  expect((await lab.get(`/events/view/${id}`)).at("Event.published")).toBe(true);
  lab.misp.tagAttribute(attribute, "everyone's");
  expect(lab.misp.tagAttribute(attribute, "everyone's")).toBe(false);
  expect(await lab.ear.until(lab.misp)).toEqual([
    "tag add",
    "tag attached to attribute",
    "tag attached to event",
    "tag add",
    "tag attached to attribute",
    "attribute edit",
  ]);
  expect(lab.ear.body("tag attached to event")).toMatchObject({ Tag: { event_id: "1", local: true } });
  expect(lab.ear.body("tag attached to attribute")).not.toHaveProperty("Tag.local");
  expect((await lab.get(`/events/view/${id}`)).at("Event.published")).toBe(false);
});

test("sights every attribute that holds the value, whole or as a half, and replaces an expiration in silence", async () => {
  const { id } = lab.misp.addEvent({ info: "one" });
  lab.misp.addAttributes(id, [
    { type: "domain", value: "evil.example" },
    { type: "domain|ip", value: "evil.example|198.51.100.1" },
  ]);
  expect(lab.misp.sight({ value: "evil.example" }, { type: 1 })).toHaveLength(2);
  lab.misp.sight(1, { type: 2 });
  lab.misp.sight(1, { type: 2 });
  const lines = await lab.ear.until(lab.misp);
  expect(lines.filter((line) => line.startsWith("sighting"))).toEqual(Array(4).fill("sighting add"));
  const types = parts((await lab.post("/sightings/restSearch", {})).at("response"), "Sighting.type");
  expect(types).toEqual(["1", "1", "2"]);
});

test("brings a pulled event, and its change, in the order of a server pull", async () => {
  const organisation = { name: "Elsewhere", uuid: "5ac2a3c6-0000-4000-8000-000000000001" };
  const pulled = lab.misp.pullFromServer({
    organisation,
    info: "far",
    tags: ["t"],
    attributes: [{ type: "domain", value: "far.example" }],
  });
  const first = await lab.ear.until(lab.misp);
  expect(first).toEqual([
    "organisation",
    "tag add",
    "event add",
    "tag attached to event",
    "attribute add",
    "misp_json",
    "event add_from_connected_server",
  ]);
  expect(lab.ear.body("event add_from_connected_server")).toMatchObject({ Event: pulled.uuid, Server: "1" });
  lab.ear.forget();
  const gone = { type: "domain", value: "far.example", uuid: pulled.attributes[0]?.uuid ?? "", deleted: true };
  lab.misp.pullFromServer({ organisation, info: "farther", uuid: pulled.uuid, attributes: [gone] });
  expect(await lab.ear.until(lab.misp)).toEqual([
    "event edit",
    "attribute soft-delete",
    "misp_json",
    "event edit_from_connected_server",
  ]);
});
