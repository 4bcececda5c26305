import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { searchWhole } from "../../src/misp/whole-events.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const NEVER = new AbortController().signal;

let server: AnsweringServer;
beforeAll(async () => {
  server = await AnsweringServer.start();
});
beforeEach(() => void server.asked.splice(0));
afterAll(() => server[Symbol.asyncDispose]());

const uuidOf = (kind: number, number: number) => `${kind}0000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`;

/** An event that says to have `count` attributes, and has `shown` of them. */
function event(number: number, count = 1, shown = count) {
  const attributes = Array.from({ length: shown }, (_, index) => ({
    id: `${number * 10_000 + index}`,
    uuid: uuidOf(2, number * 10_000 + index),
    event_id: `${number}`,
    type: "domain",
    value: `${number}-${index}.example`,
    to_ids: true,
    timestamp: "1795208613",
  }));
  return {
    id: `${number}`,
    uuid: uuidOf(1, number),
    attribute_count: `${count}`,
    published: true,
    Attribute: attributes,
  };
}

/** A MISP with these events; one that does not heed what it is asked for brings all of them each time. */
async function found(events: ReturnType<typeof event>[], { asked = events, heeds = true } = {}) {
  server.answer = (question, response) => {
    const { uuid, metadata } = question.body as { uuid: string[]; metadata?: 1 };
    const rows = events.filter((one) => !heeds || uuid.includes(one.uuid));
    const bodies = rows.map(({ Attribute, ...facts }) => (metadata ? facts : { ...facts, Attribute }));
    json({ response: bodies.map((Event) => ({ Event })) })(question, response);
  };
  const uuids = asked.map(({ uuid }) => uuid);
  return [...(await searchWhole(aClient(server.url), uuids, NEVER)).keys()];
}

test("many events come in one answer, with all that belongs to them", async () => {
  const events = Array.from({ length: 50 }, (_, index) => event(index + 1, 3));
  expect(await found(events)).toEqual(events.map(({ uuid }) => uuid));
  expect(server.asked).toHaveLength(2);
});

test("no answer holds more attributes than one can, and an event with more is in none", async () => {
  const events = [event(1, 1_500), event(2, 1_500), event(3, 2_001), event(4, 500)];
  expect(await found(events)).toEqual([1, 2, 4].map((number) => uuidOf(1, number)));
  const portions = server.asked.slice(1).map(({ body }) => (body as { uuid: string[] }).uuid.length);
  expect(portions).toEqual([1, 2]);
});

test("events of which all attributes are deleted are searched for like others", async () => {
  expect(await found([event(1, 0), event(2, 0)])).toEqual([1, 2].map((number) => uuidOf(1, number)));
  expect(server.asked).toHaveLength(2);
});

test("an event of which the search leaves something out, or that it does not find, is to be asked for by name", async () => {
  expect(await found([event(1, 3, 2), event(2, 3)], { asked: [event(1), event(2), event(3)] })).toEqual([uuidOf(1, 2)]);
});

test("a MISP that brings what was not asked for is not believed", async () => {
  expect(await found([event(1), event(2)], { asked: [event(1)], heeds: false })).toEqual([]);
});
