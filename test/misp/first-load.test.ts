import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LoadCursor, loadPage, smallerPage } from "../../src/misp/first-load.ts";
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
  return { rows, answer: server.answer };
}

describe("a page that MISP cannot give", () => {
  const failing = (misp: ReturnType<typeof searchable>, most: number) => {
    const search = misp.answer;
    server.answer = (asked, response) =>
      (asked.body as Query).limit > most
        ? json({ name: "An Internal Error Has Occurred." }, 500)(asked, response)
        : search(asked, response);
  };
  const limits = () => server.asked.map(({ body }) => (body as Query).limit);

  test("is asked for with half as many rows until it comes, and the next ones with more again", async () => {
    const misp = searchable(12_000, (index) => 1_000 + index);
    failing(misp, 2_500);
    const { seen } = await readAll();
    expect(seen).toEqual(new Set(misp.rows.keys()));
    expect(limits().slice(0, 3)).toEqual([5_000, 2_500, 2_750]);
    server.asked.splice(0);
    failing(misp, 5_000);
    await readAll(undefined, { since: 0, page: 1, limit: 4_900 });
    expect(limits()).toEqual([4_900, 5_000, 5_000]);
  });

  test("of many that were changed in one second leaves none of them out", async () => {
    const misp = searchable(12_000, () => 7_000);
    failing(misp, 333);
    expect((await readAll()).seen).toEqual(new Set(misp.rows.keys()));
  });

  test("is given up for now where MISP does not give a hundred rows, or wants to be asked later", async () => {
    server.answer = json({}, 503);
    await expect(readAll()).rejects.toThrow("503");
    expect(limits()).toEqual([5_000, 2_500, 1_250, 625, 312, 156, 100]);
    server.asked.splice(0);
    server.answer = json({}, 429);
    await expect(readAll()).rejects.toThrow("rate limit");
    expect(limits()).toEqual([5_000]);
  });
});

/** Reads page after page; `between` two pages is called with how many were read. */
async function readAll(between: (page: number) => void = () => {}, start: LoadCursor = { since: 0, page: 1 }) {
  const pages: number[] = [];
  const seen = new Set<number>();
  for (let cursor: LoadCursor | undefined = start; cursor; ) {
    const at: LoadCursor = cursor;
    const query = { types: null, since: 0 };
    const asking = loadPage(aClient(server.url), query, at, () => NOW * 1000, new AbortController().signal);
    const page = await asking.catch((error: unknown) => {
      cursor = smallerPage(at, error);
      if (!cursor) throw error;
    });
    if (!page) continue;
    for (const notice of page.notices) if (notice.kind === "attribute") seen.add(notice.attribute.id);
    pages.push(page.rows);
    cursor = page.next;
    if (cursor) between(pages.length);
  }
  return { pages, seen };
}
test("a row that cannot be read is left out, and its reason told", async () => {
  const broken = { ...row(2, null), to_ids: null };
  server.answer = json({ response: { Attribute: [row(1, null), broken, row(3, null)] } });
  const { notices, unreadable } = await load();
  expect(notices.map((notice) => notice.kind === "attribute" && notice.attribute.id)).toEqual([1, 3]);
  expect(unreadable).toEqual([`attribute ${broken.uuid}: to_ids is not a flag`]);
});

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
