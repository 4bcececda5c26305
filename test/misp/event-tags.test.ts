import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { askFactsOfMany, listTags } from "../../src/misp/event-tags.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";
import { wireEventOfAttribute } from "../support/frames.ts";

const NEVER = new AbortController().signal;
const PAGE = 500;

let server: AnsweringServer;
beforeAll(async () => {
  server = await AnsweringServer.start();
});
beforeEach(() => void server.asked.splice(0));
afterAll(() => server[Symbol.asyncDispose]());

const uuidOf = (number: number) => `00000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`;
const row = (number: number, ...tags: string[]) => ({
  id: `${number}`,
  uuid: uuidOf(number),
  EventTag: tags.map((name) => ({ local: true, Tag: { name } })),
});

test("the tags of all events are listed, page by page", async () => {
  const first = Array.from({ length: PAGE }, (_, index) => row(index + 1));
  server.answer = (asked, response) => {
    const { page } = asked.body as { page: number };
    json(page === 1 ? first : [row(PAGE + 1, "tlp:red")])(asked, response);
  };
  const events = await listTags(aClient(server.url), NEVER);
  expect(events).toHaveLength(PAGE + 1);
  expect(events.at(-1)).toEqual({ uuid: uuidOf(PAGE + 1), tags: ["tlp:red"] });
  expect(server.asked.map(({ body }) => body)).not.toContainEqual(expect.objectContaining({ minimal: 1 }));
});

test("of those that changed last only so many are listed as are asked for", async () => {
  const asked: object[] = [];
  server.answer = (question, response) => {
    const query = question.body as { page: number };
    asked.push(query);
    json(Array.from({ length: PAGE }, (_, index) => row(query.page * PAGE + index)))(question, response);
  };
  expect(await listTags(aClient(server.url), NEVER, 2 * PAGE)).toHaveLength(2 * PAGE);
  expect(asked).toMatchObject([1, 2].map((page) => ({ page, sort: "timestamp", direction: "desc" })));
});

test("a list without tags says of no event that it has none", async () => {
  server.answer = json(Array.from({ length: PAGE }, (_, index) => ({ id: `${index + 1}`, uuid: uuidOf(index + 1) })));
  expect(await listTags(aClient(server.url), NEVER)).toEqual([]);
});

test("the facts of several events are asked for at once, and one without a Tag block has none", async () => {
  const event = wireEventOfAttribute();
  server.answer = json({ response: [{ Event: event }] });
  const [notice] = await askFactsOfMany(aClient(server.url), [String(event.uuid)], NEVER);
  expect(notice).toMatchObject({ kind: "event", how: "answer", event: { tags: [] } });
  expect(server.asked[0]?.body).toMatchObject({ uuid: [event.uuid], metadata: 1 });
});
