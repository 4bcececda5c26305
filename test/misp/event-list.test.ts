import { afterAll, beforeAll, expect, test } from "vitest";
import { listEvents } from "../../src/misp/event-list.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const NOW = 1_800_000_000;
const LIMIT = 20_000;

let server: AnsweringServer;
beforeAll(async () => {
  server = await AnsweringServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

function line(id: number, facts: object = {}) {
  const uuid = `00000000-0000-4000-8000-${`${id}`.padStart(12, "0")}`;
  const times = { timestamp: `${NOW - 100}`, sighting_timestamp: "0", published: true };
  return { id: `${id}`, ...times, uuid, orgc_uuid: uuid, ...facts };
}

/** The list of a MISP that has these lines, at `now` milliseconds. */
function listed(lines: readonly object[], now = NOW * 1_000) {
  server.answer = ({ body }, response) => {
    const { limit, page } = body as { limit: number; page: number };
    json(lines.slice(limit * (page - 1), limit * page))({ ...NOBODY, body }, response);
  };
  return list(now);
}

const NOBODY = { method: "", path: "", headers: {} };
const list = (now = NOW * 1_000) => listEvents(aClient(server.url), () => now, new AbortController().signal);

test("is read page by page to its end", async () => {
  const lines = Array.from({ length: LIMIT + 1 }, (_, index) => line(index + 1));
  server.asked.splice(0);
  const events = await listed(lines);
  expect(events.map(({ id }) => id)).toEqual(lines.map(({ id }) => Number(id)));
  expect(server.asked.map(({ body }) => body)).toMatchObject([1, 2].map((page) => ({ minimal: 1, page, sort: "id" })));
});

test("of a MISP that does not turn pages is its first page, once", async () => {
  const lines = Array.from({ length: LIMIT }, (_, index) => line(index + 1));
  server.answer = json(lines);
  expect(await list()).toHaveLength(LIMIT);
});

test("is none where a page of it fails, or a line cannot be read", async () => {
  const lines = Array.from({ length: LIMIT }, (_, index) => line(index + 1));
  server.answer = (asked, response) => {
    const isFirst = (asked.body as { page: number }).page === 1;
    (isFirst ? json(lines) : json({ message: "Internal error" }, 500))(asked, response);
  };
  await expect(list()).rejects.toThrow("/events/index");
  await expect(listed([line(1), line(2, { uuid: "none" })])).rejects.toThrow("/events/index");
});

test("has an event in another state once it was edited, published, unpublished, sighted or left to another organisation", async () => {
  const creators = ["6f1a70c5-3b44-4c6e-9a35-0e5f5e1c9d01", "6f1a70c5-3b44-4c6e-9a35-0e5f5e1c9d02"];
  const changes = [
    {},
    { timestamp: `${NOW - 99}` },
    { published: false },
    { sighting_timestamp: `${NOW - 50}` },
    { orgc_uuid: creators[1] },
  ];
  const events = await listed(changes.map((change, index) => line(index + 1, { orgc_uuid: creators[0], ...change })));
  expect(new Set(events.map(({ state }) => state)).size).toBe(5);
});

test("has an event that changed within three seconds in another state each time, and says so", async () => {
  const young = [line(1, { timestamp: `${NOW - 2}` })];
  const [first] = await listed(young);
  const [second] = await listed(young, NOW * 1_000 + 500);
  expect([first?.unsettled, second?.unsettled]).toEqual([true, true]);
  expect(second?.state).not.toBe(first?.state);
  const [third] = await listed(young, (NOW + 2) * 1_000);
  const [fourth] = await listed(young, (NOW + 20) * 1_000);
  expect([third?.unsettled, fourth?.unsettled]).toEqual([false, false]);
  expect(fourth?.state).toBe(third?.state);
});
