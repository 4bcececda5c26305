import { expect, test } from "vitest";
import { Lab } from "./stand-in-lab.ts";

const lab = new Lab();

test("pages attributes in the order asked for and reports one more than a full page", async () => {
  const first = lab.misp.addEvent({ info: "one", attributes: ["a", "b"].map((value) => ({ type: "domain", value })) });
  const second = lab.misp.addEvent({
    info: "two",
    published: true,
    attributes: ["c", "d"].map((value) => ({ type: "domain", value })),
  });
  lab.now += 10_000;
  lab.misp.publish(first.id);
  expect(second.id).toBe(2);
  const order = "Event.publish_timestamp asc, Attribute.id asc";
  expect(await lab.found({ limit: 3, page: 1, order })).toEqual(["c", "d", "a"]);
  expect(await lab.found({ limit: 3, page: 2, order })).toEqual(["b"]);
  expect((await lab.post("/attributes/restSearch", { limit: 3, order })).headers.get("X-Result-Count")).toBe("4");
  expect((await lab.post("/attributes/restSearch", { limit: 9, order })).headers.get("X-Result-Count")).toBe("4");
  const disorder = await lab.found({ limit: 9 });
  expect(disorder).not.toEqual(["a", "b", "c", "d"]);
  expect(await lab.found({ limit: 9 })).toEqual(disorder);
});

test("filters attributes as MISP does, ignoring `to_ids: false`", async () => {
  const { attributes } = lab.misp.addEvent({
    info: "one",
    tags: ["tlp:red"],
    attributes: [
      { type: "domain", value: "a", timestamp: 1_700_000_000 },
      { type: "text", value: "b" },
      { type: "domain|ip", value: "c|1.2.3.4" },
    ],
  });
  lab.misp.softDelete(attributes[0]?.id ?? 0);
  const order = "Attribute.id asc";
  expect(await lab.found({ order })).toEqual(["b", "c|1.2.3.4"]);
  expect(await lab.found({ order, deleted: [0, 1] })).toEqual(["a", "b", "c|1.2.3.4"]);
  expect(await lab.found({ order, deleted: 1 })).toEqual(["a"]);
  expect(await lab.found({ order, to_ids: false })).toEqual(["b", "c|1.2.3.4"]);
  expect(await lab.found({ order, to_ids: 0 })).toEqual(["b"]);
  expect(await lab.found({ order, to_ids: true })).toEqual(["c|1.2.3.4"]);
  expect(await lab.found({ value: "1.2.3.4" })).toEqual(["c|1.2.3.4"]);
  expect(await lab.found({ type: ["text"] })).toEqual(["b"]);
  expect(await lab.found({ timestamp: "1h", order })).toEqual(["b", "c|1.2.3.4"]);
  expect(await lab.found({ publish_timestamp: "7d" })).toEqual([]);
  expect(await lab.found({ publish_timestamp: [0, 1], order })).toEqual(["b", "c|1.2.3.4"]);
  expect(await lab.found({ uuid: attributes.map(({ uuid }) => uuid), eventid: 2 })).toEqual([]);
});

test("shows inherited tags, context, uuids and sightings of attributes when asked", async () => {
  const { uuid, attributes } = lab.misp.addEvent({
    info: "one",
    tags: ["e"],
    attributes: [{ type: "domain", value: "a", tags: ["t"] }],
  });
  lab.misp.sight(attributes[0]?.id ?? 0);
  const plain = await lab.post("/attributes/restSearch", {});
  expect(plain.at("response.Attribute.0.Tag")).toEqual([expect.objectContaining({ name: "t", local: false })]);
  expect(plain.at("response.Attribute.0.Event")).not.toHaveProperty("published");
  const asked = { includeEventTags: 1, includeEventUuid: 1, includeContext: 1, includeSightings: 1 };
  const full = (await lab.post("/attributes/restSearch", asked)).at("response.Attribute.0");
  expect(full).toMatchObject({
    event_uuid: uuid,
    Tag: [{ name: "t" }, { name: "e", inherited: 1 }],
    Sighting: [{ type: "0", Organisation: { name: "ORGNAME" } }],
    Event: {
      published: false,
      publish_timestamp: "0",
      timestamp: "1800000000",
      Orgc: { id: "1" },
      Tag: [{ name: "e" }],
    },
  });
});

test("lists events in six fields, without those that have no attributes", async () => {
  const { uuid } = lab.misp.addEvent({ info: "full", published: true, attributes: [{ type: "domain", value: "a" }] });
  lab.misp.addEvent({ info: "empty" });
  const { body, headers } = await lab.post("/events/index", { minimal: 1 });
  expect(body).toEqual([
    {
      id: "1",
      timestamp: "1800000000",
      sighting_timestamp: "0",
      published: true,
      uuid,
      orgc_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
  ]);
  expect(headers.get("X-Result-Count")).toBe("1");
  expect((await lab.post("/events/index", { publish_timestamp: 1_800_000_001, minimal: 1 })).body).toEqual([]);
  const two = await lab.post("/events/restSearch", { metadata: true, limit: 1 });
  expect(two.headers.get("X-Result-Count")).toBe("2");
  expect(two.at("response.0.Event")).not.toHaveProperty("Attribute");
});
