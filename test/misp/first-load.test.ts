import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadPage } from "../../src/misp/first-load.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const NOW = 1_800_000_000;
const SEEN = NOW - 1_000;
const PAGE = 5_000;

let server: AnsweringServer;
beforeAll(async () => {
  server = await AnsweringServer.start();
});
beforeEach(() => void server.asked.splice(0));
afterAll(() => server[Symbol.asyncDispose]());

function row(number: number, lastSeen: number | null) {
  const uuid = `00000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`;
  const facts = { type: "domain", value: `${number}.example`, category: "Other", to_ids: true, comment: "" };
  const last_seen = lastSeen === null ? null : new Date(lastSeen * 1000).toISOString();
  return { id: `${number}`, uuid, event_id: "1", ...facts, timestamp: `${number}`, distribution: "5", last_seen };
}

const rows = (lastSeen: number | null) => Array.from({ length: PAGE }, (_, index) => row(index + 1, lastSeen));

function seenSince(seen: number, attributes: readonly object[]) {
  server.answer = json({ response: { Attribute: attributes } });
  const query = { types: null, since: 0, seen };
  return loadPage(aClient(server.url), query, { since: 0, page: 1 }, () => NOW * 1000, new AbortController().signal);
}

test("what was seen late is asked for where it was not changed as late, which brings it by itself", async () => {
  const { next } = await seenSince(SEEN, rows(NOW));
  expect(server.asked[0]?.body).toMatchObject({
    timestamp: [0, SEEN],
    last_seen: [SEEN, expect.any(Number)],
  });
  expect(next).toEqual({ since: PAGE, page: 1 });
});

test("a MISP that does not search by when attributes were seen is not read a second time", async () => {
  expect((await seenSince(SEEN, rows(null))).next).toBeUndefined();
});
