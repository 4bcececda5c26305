import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LoadCursor, loadPage } from "../../src/misp/first-load.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, type Asked, json } from "../support/answering-server.ts";

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

function load() {
  const query = { types: null, since: SEEN };
  return loadPage(aClient(server.url), query, { since: 0, page: 1 }, () => NOW * 1000, new AbortController().signal);
}

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

describe("what one search finds, page by page,", () => {
  test("is read whole, oldest change first, and only the second in which a page ended is read twice", async () => {
    const misp = searchable(12_000, (index) => 1_000 + index);
    const { pages, seen } = await readAll();
    expect(seen).toEqual(new Set(misp.rows.keys()));
    expect(pages).toEqual([5_000, 5_000, 2_002]);
    expect(server.asked.map(({ body }) => (body as Query).timestamp?.[0])).toEqual([undefined, 5_999, 10_998]);
  });

  test("is read whole where far more than a page was changed in one second", async () => {
    const misp = searchable(12_000, () => 7_000);
    const { seen } = await readAll();
    expect(seen).toEqual(new Set(misp.rows.keys()));
  });

  test("is read whole where MISP keeps no order, or does not heed the time", async () => {
    for (const lack of ["orderless", "timeless"] as const) {
      const misp = searchable(11_000, (index) => 1_000 + (index % 5_000), lack);
      expect((await readAll()).seen).toEqual(new Set(misp.rows.keys()));
    }
  });

  test("is not missed for what is deleted, edited and added on the way", async () => {
    const misp = searchable(20_000, (index) => 1_000 + Math.floor(index / 3));
    const stays = new Set(misp.rows.keys());
    const { seen } = await readAll((page) => {
      for (let id = page * 4_000 + 1; id <= page * 4_000 + 500; id += 1) {
        if (id % 2) misp.rows.delete(id);
        else misp.rows.set(id, NOW - 10);
        stays.delete(id);
      }
      misp.rows.set(100_000 + page, NOW - 5);
    });
    expect([...stays].filter((id) => !seen.has(id))).toEqual([]);
    expect([...misp.rows.keys()].filter((id) => !seen.has(id))).toEqual([]);
  });
});

interface Query {
  timestamp?: [number, number];
  order: string;
  limit: number;
  page: number;
}

/**
 * Has the server search as MISP does among attributes, by number, with the time of each: what the order leaves open comes as
 * it likes, which is another way each time. `lack`: it does not heed the order, or the times.
 */
function searchable(count: number, timeOf: (index: number) => number, lack?: "orderless" | "timeless") {
  const rows = new Map(Array.from({ length: count }, (_, index) => [index + 1, timeOf(index)] as const));
  server.answer = ({ body }, response) => {
    const { timestamp: [from, to] = [0, Infinity], order, limit, page } = body as Query;
    const whim = (id: number) => (order.includes("id") ? id : Math.imul(id ^ (page << 20), 0x9e3779b1) >>> 0);
    const found = [...rows].filter(([, time]) => lack === "timeless" || (time >= from && time <= to));
    if (lack === "orderless") found.sort(([one], [other]) => Math.imul(one, 0x9e3779b1) - Math.imul(other, 0x9e3779b1));
    else found.sort(([one, early], [other, late]) => early - late || whim(one) - whim(other));
    const shown = found.slice(limit * (page - 1), limit * page);
    const Attribute = shown.map(([id, time]) => ({ ...row(id, null), timestamp: `${time}` }));
    json({ response: { Attribute } })({} as Asked, response);
  };
  return { rows };
}

/** Reads page after page; `between` two pages is called with how many were read. */
async function readAll(between: (page: number) => void = () => {}) {
  const pages: number[] = [];
  const seen = new Set<number>();
  for (let cursor: LoadCursor | undefined = { since: 0, page: 1 }; cursor; ) {
    const query = { types: null, since: 0 };
    const page = await loadPage(aClient(server.url), query, cursor, () => NOW * 1000, new AbortController().signal);
    for (const notice of page.notices) if (notice.kind === "attribute") seen.add(notice.attribute.id);
    pages.push(page.rows);
    cursor = page.next;
    if (cursor) between(pages.length);
  }
  return { pages, seen };
}
test("what was changed by a clock that is far ahead is asked for, too", async () => {
  server.answer = json({ response: { Attribute: [] } });
  await load();
  expect(server.asked[0]?.body).toMatchObject({ timestamp: [SEEN, Date.UTC(9999) / 1000] });
});

test("a full page out of which MISP's allowedlist took a row without a word is not the last", async () => {
  const counted = (attributes: readonly object[], count: number) =>
    json({ response: { Attribute: attributes } }, 200, { "X-Result-Count": `${count}` });
  server.answer = counted(rows(null).slice(1), PAGE + 1);
  expect((await load()).next).toBeDefined();
  server.answer = counted(rows(null).slice(1), PAGE - 1);
  expect((await load()).next).toBeUndefined();
});

test("a page without any row is the last, whatever MISP counts", async () => {
  server.answer = json({ response: { Attribute: [] } }, 200, { "X-Result-Count": `${PAGE * 3}` });
  expect((await load()).next).toBeUndefined();
});
