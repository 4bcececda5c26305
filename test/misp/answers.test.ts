import { afterEach, expect, test } from "vitest";
import { askFacts, askWhole } from "../../src/misp/answers.ts";
import type { MispClient } from "../../src/misp/client.ts";
import { MispError } from "../../src/misp/errors.ts";
import { EventDesk } from "../../src/misp/event-desk.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";
import { wireAttribute, wireEventOfAttribute } from "../support/frames.ts";

const UUID = "0e235bbc-2689-4a01-8c22-23879545607c";
const NEVER = new AbortController().signal;
const EVENT = wireEventOfAttribute({ published: true, timestamp: "10", publish_timestamp: "20" });

let server: AnsweringServer;
afterEach(() => server[Symbol.asyncDispose]());

/** A client of a MISP that finds these events by a search, and shows this one. */
async function mispWith(found: unknown[], shown?: object): Promise<{ client: MispClient; desk: EventDesk }> {
  server = await AnsweringServer.start((asked, response) => {
    const view = shown ? json({ Event: shown }) : json({ name: "Invalid event" }, 404);
    (asked.path === "/events/restSearch" ? json({ response: found }) : view)(asked, response);
  });
  const client = aClient(server.url);
  return { client, desk: new EventDesk(client, NEVER) };
}

test("an event's own facts are asked for without its attributes, by UUID where it is known", async () => {
  const misp = await mispWith([{ Event: EVENT }]);
  const facts = { id: 1, uuid: UUID, published: true, timestamp: 10, publishTimestamp: 20 };
  expect(await askFacts(misp, UUID, NEVER)).toMatchObject([{ kind: "event", how: "answer", event: facts }]);
  await askFacts(misp, 1, NEVER);
  expect(server.asked.map(({ body }) => body)).toMatchObject([
    { uuid: UUID, metadata: 1 },
    { eventid: 1, metadata: 1 },
  ]);
});

test("an event that a search does not find is asked for by name before it is taken for missing", async () => {
  expect(await askFacts(await mispWith([], EVENT), UUID, NEVER)).toMatchObject([{ kind: "event", event: { id: 1 } }]);
  await server[Symbol.asyncDispose]();
  expect(await askFacts(await mispWith([]), UUID, NEVER)).toEqual([]);
});

test("all of an event comes with its attributes, and those that are inherited from nobody else are told as its own", async () => {
  const Tag = [{ name: "tlp:red" }, { name: "of the event", inherited: true }];
  const whole = { ...EVENT, attribute_count: "1", Attribute: [wireAttribute({ Tag })] };
  const notices = await askWhole((await mispWith([], whole)).client, UUID, NEVER);
  expect(notices.slice(0, 2)).toMatchObject([
    { kind: "event", how: "answer" },
    { kind: "attribute", how: "answer", attribute: { id: 3, tags: ["tlp:red"] }, event: { id: 1 } },
  ]);
});

test("an answer with null in the place of the tags is none: it must not pass for one without tags", async () => {
  const whole = (Tag: null) => ({ ...EVENT, Tag, attribute_count: "1", Attribute: [wireAttribute()] });
  const answer = askWhole((await mispWith([], whole(null))).client, UUID, NEVER);
  await expect(answer).rejects.toThrow(MispError);
});

test.each([
  ["an attribute that cannot be read", { Attribute: [wireAttribute(), wireAttribute({ Tag: null })] }],
  ["something else among its attributes", { Attribute: [wireAttribute(), []] }],
  ["something else among its objects", { Attribute: [wireAttribute()], Object: [null] }],
])("an event with %s says nothing of what it lacks, however few MISP counts", async (_, content) => {
  const { client } = await mispWith([], { ...EVENT, attribute_count: "1", ...content });
  const notices = await askWhole(client, UUID, NEVER);
  expect(notices.map(({ kind }) => kind)).toEqual(["event", "attribute"]);
});

test("all of an event comes with the tags that MISP does not show with it by its name", async () => {
  const { uuid, ...untagged } = wireAttribute();
  const Tag = [{ name: "soc:exception", exportable: false }];
  const found = { ...EVENT, Tag, attribute_count: "1", Attribute: [{ ...untagged, uuid, Tag }] };
  const { client } = await mispWith([{ Event: found }], {
    ...EVENT,
    attribute_count: "1",
    Attribute: [wireAttribute()],
  });
  expect(await askWhole(client, UUID, NEVER)).toMatchObject([
    { kind: "event", event: { tags: ["soc:exception"] } },
    { kind: "attribute", attribute: { uuid, tags: ["soc:exception"] } },
    { kind: "contents" },
  ]);
  expect(server.asked.map(({ body }) => body)).toMatchObject([{ uuid: UUID, includeAllTags: 1 }]);
});

test("what a search leaves out of an event is asked for by name, and the tags that it told stay", async () => {
  const [uuid, other] = ["5b0f4bd5-1c9f-4f5f-a6a1-0d1cbe6c1e01", "5b0f4bd5-1c9f-4f5f-a6a1-0d1cbe6c1e02"];
  const found = [wireAttribute({ uuid, Tag: [{ name: "soc:exception" }] })];
  const shown = [wireAttribute({ uuid }), wireAttribute({ id: "4", uuid: other })];
  const [search, view] = [found, shown].map((Attribute) => ({ ...EVENT, attribute_count: "2", Attribute }));
  const { client } = await mispWith([{ Event: search }], view);
  expect(await askWhole(client, 1, NEVER)).toMatchObject([
    { kind: "event" },
    { kind: "attribute", attribute: { uuid, tags: ["soc:exception"] } },
    { kind: "attribute", attribute: { uuid: other, tags: [] } },
    { kind: "contents", attributes: new Set([uuid, other]) },
  ]);
});

test("an event that is missing as a whole is no answer at all", async () => {
  expect(await askWhole((await mispWith([])).client, UUID, NEVER)).toEqual([]);
});
