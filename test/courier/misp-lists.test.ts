import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MispLists } from "../../src/courier/misp-lists.ts";
import { silent } from "../../src/log.ts";
import { aClient } from "../support/a-client.ts";
import { aFolder } from "../support/a-folder.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

interface List {
  name: string;
  version: number;
  list: string[];
  category?: string;
}

const DAY = 86_400_000;
const SIGNAL = new AbortController().signal;

let misp: AnsweringServer;
let enabled: Record<number, List>;
let broken: number[];
let directory: string;
let now: number;
let lists: MispLists;

beforeEach(async () => {
  enabled = {
    7: { name: "sites", version: 1, list: ["a.example"] },
    3: { name: "known", version: 1, list: ["k"], category: "known" },
  };
  broken = [];
  now = 1_000_000_000_000;
  directory = aFolder();
  misp = await AnsweringServer.start((asked, response) => {
    const id = Number(asked.path.split("/").at(-1));
    const answer = broken.includes(id) ? json({}, 500) : json(asked.path.includes("export") ? exported(id) : index());
    answer(asked, response);
  });
  lists = await opened();
});

afterEach(() => misp[Symbol.asyncDispose]());

async function opened(): Promise<MispLists> {
  const mispLists = new MispLists({ client: aClient(misp.url), directory, log: silent, clock: () => now });
  await mispLists.open();
  return mispLists;
}

function index() {
  const rows = Object.entries(enabled).map(([id, { name, version, category = "false_positive", list }]) => ({
    Warninglist: { id, name, version, type: "string", category, warninglist_entry_count: `${list.length}` },
  }));
  return { Warninglists: rows };
}

/** As MISP exports a list: without its category. */
function exported(id: number) {
  const { name, version, list } = enabled[id] ?? { name: "", version: 1, list: [] };
  return { name, type: "string", version: `${version}`, description: "", matching_attributes: ["domain"], list };
}

const fetched = () => misp.asked.map(({ path }) => path).filter((path) => path.includes("export"));
const entries = (from = lists) => from.lists.map(({ name, entries: held }) => `${name}: ${held}`);

test("the lists that are enabled are fetched with their entries, and their categories, in the order of their numbers", async () => {
  expect(await lists.refresh(SIGNAL)).toBeUndefined();
  expect(lists.lists).toMatchObject([
    { id: 3, name: "known", category: "known", entries: ["k"] },
    { id: 7, name: "sites", category: "false_positive", entries: ["a.example"] },
  ]);
});

describe("what is known is fetched again", () => {
  beforeEach(async () => {
    await lists.refresh(SIGNAL);
    misp.asked.length = 0;
  });

  const changes: [string, List][] = [
    ["when its version is another", { name: "sites", version: 2, list: ["b.example"] }],
    ["when it has more entries", { name: "sites", version: 1, list: ["b.example", "c.example"] }],
    ["when its category is another", { name: "sites", version: 1, list: ["b.example"], category: "known" }],
  ];

  test.each(changes)("%s, and it alone", async (_, list) => {
    enabled[7] = list;
    await lists.refresh(SIGNAL);
    await lists.refresh(SIGNAL);
    expect(fetched()).toEqual(["/warninglists/export/7"]);
  });

  test("when MISP said that it changed, once", async () => {
    lists.changed(7);
    await lists.refresh(SIGNAL);
    await lists.refresh(SIGNAL);
    expect(fetched()).toEqual(["/warninglists/export/7"]);
  });

  test("once a day, since entries may change without anything else", async () => {
    await lists.refresh(SIGNAL);
    expect(fetched()).toEqual([]);
    now += DAY;
    await lists.refresh(SIGNAL);
    expect(fetched()).toHaveLength(2);
  });
});

test("what is no longer enabled goes, with its copy", async () => {
  await lists.refresh(SIGNAL);
  delete enabled[7];
  await lists.refresh(SIGNAL);
  expect(entries()).toEqual(["known: k"]);
  expect(readdirSync(directory)).toEqual(["3.json"]);
});

test("a list that MISP cannot get together stays as it was, and does not keep the others away", async () => {
  await lists.refresh(SIGNAL);
  for (const id of [3, 7]) lists.changed(id);
  enabled[3] = { name: "known", version: 2, list: ["new"] };
  enabled[7] = { name: "sites", version: 2, list: ["new"] };
  broken = [3];
  expect(await lists.refresh(SIGNAL)).toMatchObject({ meaning: "busy" });
  expect(entries()).toEqual(["known: k", "sites: new"]);
  broken = [];
  expect(await lists.refresh(SIGNAL)).toBeUndefined();
  expect(entries()).toEqual(["known: new", "sites: new"]);
});

test("while MISP is away everything stays as it was", async () => {
  await lists.refresh(SIGNAL);
  misp.answer = json({}, 500);
  await expect(lists.refresh(SIGNAL)).rejects.toMatchObject({ meaning: "busy" });
  expect(entries()).toHaveLength(2);
});

test("copies tell a courier that starts without MISP; a damaged one is left out", async () => {
  await lists.refresh(SIGNAL);
  writeFileSync(join(directory, "7.json"), "{");
  expect(entries(await opened())).toEqual(["known: k"]);
  lists = await opened();
  await lists.refresh(SIGNAL);
  expect(entries()).toEqual(["known: k", "sites: a.example"]);
});
