import { afterEach, beforeEach, expect, test } from "vitest";
import { EventDesk } from "../../src/misp/event-desk.ts";
import { metadataOf } from "../../src/misp/event-metadata.ts";
import { aClient } from "../support/a-client.ts";
import { type Answer, AnsweringServer, json } from "../support/answering-server.ts";
import { eventually } from "../support/running-courier.ts";

const uuidOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

let misp: AnsweringServer;
let desk: EventDesk;
let held: (() => void)[];

beforeEach(async () => {
  held = [];
  misp = await AnsweringServer.start(found());
  desk = new EventDesk(aClient(misp.url), new AbortController().signal);
});

afterEach(() => misp[Symbol.asyncDispose]());

/** Answers with every event that is asked for, but those without a number above 0. */
function found(): Answer {
  return (asked, response) => {
    const uuids: string[] = [Object(asked.body).uuid].flat();
    const rows = uuids.filter((uuid) => uuid !== uuidOf(0)).map((uuid) => ({ Event: eventOf(uuid) }));
    json({ response: rows })(asked, response);
  };
}

function eventOf(uuid: string) {
  const Orgc = { uuid: "c973f943-6304-4b46-80e2-427216eb5698", local: false };
  const Tag = [{ name: "tlp:green", local: false }];
  return { id: "7", uuid, published: true, timestamp: "1795209065", attribute_count: "3", Orgc, Tag };
}

test("an event is looked up without its attributes", async () => {
  expect(metadataOf((await desk.look(uuidOf(1))) ?? {})).toEqual({
    id: 7,
    uuid: uuidOf(1),
    organisation: "c973f943-6304-4b46-80e2-427216eb5698",
    isLocal: false,
    published: true,
    timestamp: 1_795_209_065,
    attributes: 3,
    tags: [{ name: "tlp:green", local: false }],
  });
  expect(misp.asked).toMatchObject([{ path: "/events/restSearch", body: { uuid: uuidOf(1), metadata: 1 } }]);
});

test("an event that MISP does not have is none", async () => {
  expect(await desk.look(uuidOf(0))).toBeUndefined();
});

test("an event that cannot be read is none either, and no harm to those beside it", async () => {
  misp.answer = json({ response: [{ Event: { uuid: 5 } }, { Event: eventOf(uuidOf(2)) }] });
  const [one, other] = await Promise.all([desk.look(uuidOf(1)), desk.look(uuidOf(2))]);
  expect([one, other?.uuid]).toEqual([undefined, uuidOf(2)]);
  expect(metadataOf({ uuid: 5 })).toBeUndefined();
});

test("a rush of events is looked up in a few requests, and each event once", async () => {
  misp.answer = (asked, response) => void held.push(() => found()(asked, response));
  const rush = Array.from({ length: 200 }, (_, number) => desk.look(uuidOf(1 + (number % 120))));
  await eventually(async () => expect(held).toHaveLength(3));
  for (const answer of held) answer();
  const events = await Promise.all(rush);
  expect(events.map((event) => event?.uuid)).toEqual(events.map((_, number) => uuidOf(1 + (number % 120))));
  expect(misp.asked.map(({ body }) => Object(body).uuid.length)).toEqual([50, 50, 20]);
});

test("when MISP fails, so do all who asked, and those who ask later do not", async () => {
  misp.answer = json({}, 500);
  const asked = await Promise.allSettled([desk.look(uuidOf(1)), desk.look(uuidOf(2))]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  misp.answer = found();
  expect(await desk.look(uuidOf(1))).toBeDefined();
});

test.each([405, 429])("a key that may not search (%i) looks at each event by its name", async (status) => {
  misp.answer = (asked, response) => {
    const [, , action, uuid = ""] = asked.path.split("/");
    if (action !== "view") json({ message: "API searches are not allowed" }, status)(asked, response);
    else if (uuid === uuidOf(0)) json({ message: "Invalid event" }, 404)(asked, response);
    else json({ Event: eventOf(uuid) })(asked, response);
  };
  const [one, none, by] = await Promise.all([desk.look(uuidOf(1)), desk.look(uuidOf(0)), desk.lookUp(7)]);
  expect([one?.uuid, none, by?.id]).toEqual([uuidOf(1), undefined, "7"]);
});

test("of events that are looked at by their names, one that MISP fails at is no harm to those beside it", async () => {
  misp.answer = (asked, response) => {
    const [, , action, uuid = ""] = asked.path.split("/");
    if (action !== "view") json({ message: "API searches are not allowed" }, 405)(asked, response);
    else if (uuid === uuidOf(1)) json({}, 500)(asked, response);
    else json({ Event: eventOf(uuid) })(asked, response);
  };
  const [broken, other] = await Promise.allSettled([desk.look(uuidOf(1)), desk.look(uuidOf(2))]);
  expect(broken).toMatchObject({ status: "rejected", reason: { meaning: "busy" } });
  expect(other).toMatchObject({ status: "fulfilled", value: { uuid: uuidOf(2) } });
});
