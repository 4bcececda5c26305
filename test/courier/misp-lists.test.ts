import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MispLists } from "../../src/courier/knowledge/misp-lists.ts";
import { silent } from "../../src/log.ts";
import { aClient } from "../support/a-client.ts";
import { aFolder } from "../support/a-folder.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

interface List {
  name: string;
  version: number;
  list: string[];
  category?: string;
  enabled?: boolean;
  /** The attribute types that it is for; none while MISP is writing the list. */
  types?: string[];
}

const DAY = 86_400_000;
const SIGNAL = new AbortController().signal;

let misp: AnsweringServer;
/** MISP's lists, by their numbers. */
let kept: Record<number, List>;
let broken: number[];
/** MISP answers as if it had no lists at all. */
let empty: boolean;
let directory: string;
let now: number;
let lists: MispLists;

beforeEach(async () => {
  kept = {
    7: sites(),
    3: { name: "known", version: 1, list: ["k"], category: "known" },
  };
  empty = false;
  broken = [];
  now = 1_000_000_000_000;
  directory = aFolder();
  misp = await AnsweringServer.start((asked, response) => {
    if (!asked.path.includes("export")) return json(index(asked.body as Record<string, unknown>))(asked, response);
    const id = Number(asked.path.split("/").at(-1));
    const answer = broken.includes(id) ? json({}, 500) : exported(kept[id]);
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

function index({ enabled: wanted, value }: Record<string, unknown>) {
  const shown = Object.entries(kept).filter(([, { name, enabled = true }]) =>
    wanted === 1 ? enabled && !empty : name.includes(String(value)),
  );
  const rows = shown.map(([id, { name, version, category = "false_positive", enabled = true, types, list }]) => {
    const columns = {
      id,
      name,
      version,
      type: "string",
      category,
      enabled,
      valid_attributes: typesOf(types).join(", "),
    };
    return { Warninglist: { ...columns, warninglist_entry_count: `${list.length}` } };
  });
  return { Warninglists: rows };
}

/** As MISP exports a list: without its category. */
function exported(of: List | undefined) {
  if (!of) return json({ name: "Invalid Warninglist." }, 404);
  const { name, version, list, types } = of;
  return json({
    name,
    type: "string",
    version: `${version}`,
    description: "",
    matching_attributes: typesOf(types),
    list,
  });
}

const typesOf = (types = ["domain"]) => types;
const fetched = () => misp.asked.map(({ path }) => path).filter((path) => path.includes("export"));
const sites = (): List => ({ name: "sites", version: 1, list: ["a.example"] });
const entries = (from = lists) => from.lists.map(({ name, entries: held }) => `${name}: ${held}`);

test("the lists that are enabled are fetched with their entries, and their categories, in the order of their numbers", async () => {
  expect(await lists.refresh(SIGNAL)).toEqual({ unsettled: false });
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
    kept[7] = list;
    await lists.refresh(SIGNAL);
    await lists.refresh(SIGNAL);
    expect(fetched()).toEqual(["/warninglists/export/7"]);
  });

  test("when MISP said that it changed, once", async () => {
    lists.changed(7, true);
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

  test("when they were fetched by a clock that was far ahead", async () => {
    now -= 30 * DAY;
    await lists.refresh(SIGNAL);
    expect(fetched()).toHaveLength(2);
  });
});

test.each([
  ["what is no longer enabled goes, with its copy", () => (kept[7] = { ...sites(), enabled: false })],
  ["so does what was deleted", () => delete kept[7]],
])("%s", async (_, take) => {
  await lists.refresh(SIGNAL);
  take();
  await lists.refresh(SIGNAL);
  expect(entries()).toEqual(["known: k"]);
  expect(readdirSync(directory)).toEqual(["3.json"]);
});

describe("an empty index", () => {
  beforeEach(async () => {
    await lists.refresh(SIGNAL);
    empty = true;
  });

  test("takes no list away that MISP has by its name", async () => {
    await lists.refresh(SIGNAL);
    expect(entries()).toEqual(["known: k", "sites: a.example"]);
  });

  test("takes those away of which MISP says by their name that they are disabled, or that it has none", async () => {
    kept = { 7: { ...sites(), enabled: false } };
    await lists.refresh(SIGNAL);
    expect(entries()).toEqual([]);
  });

  test("takes those away of which MISP told that they are disabled now", async () => {
    lists.changed(7, false);
    await lists.refresh(SIGNAL);
    expect(entries()).toEqual(["known: k"]);
  });

  test("leaves everything as it is when MISP does not answer for one by its name", async () => {
    delete kept[7];
    broken = [7];
    expect(await lists.refresh(SIGNAL)).toMatchObject({ failure: { meaning: "busy" } });
    expect(entries()).toEqual(["known: k", "sites: a.example"]);
  });
});

describe("a list that MISP is just writing anew", () => {
  const look = async (part: Partial<List>) => {
    kept[7] = { ...sites(), version: 2, ...part };
    const { unsettled } = await lists.refresh(SIGNAL);
    now += 5_000;
    return { unsettled, entries: entries().at(-1) };
  };

  beforeEach(async () => {
    await lists.refresh(SIGNAL);
  });

  test("stays as it was until all of it is there", async () => {
    const before = { unsettled: true, entries: "sites: a.example" };
    expect(await look({ types: [], list: [] })).toEqual(before);
    expect(await look({ types: [], list: ["b.example"] })).toEqual(before);
    expect(await look({ list: ["b.example", "c.example"] })).toEqual({
      unsettled: false,
      entries: "sites: b.example,c.example",
    });
  });

  test("stays as it was where MISP began while it was being fetched", async () => {
    kept[7] = { ...sites(), version: 2, list: ["b.example"] };
    const { answer } = misp;
    misp.answer = (asked, response) => {
      if (asked.path.includes("export")) kept[7] = { ...sites(), version: 3, types: [], list: [] };
      answer(asked, response);
    };
    expect(await lists.refresh(SIGNAL)).toEqual({ unsettled: true });
    expect(entries()).toEqual(["known: k", "sites: a.example"]);
  });

  test("is one without types when it stays like that", async () => {
    const settled = { types: [], list: ["b.example"] };
    expect(await look(settled)).toMatchObject({ unsettled: true });
    expect(await look(settled)).toEqual({ unsettled: false, entries: "sites: b.example" });
  });

  test("is taken as far as it is there when it was never seen before, and looked at again", async () => {
    kept[9] = { name: "young", version: 1, types: [], list: ["y"] };
    expect(await lists.refresh(SIGNAL)).toEqual({ unsettled: true });
    expect(entries()).toContain("young: y");
    expect(await lists.refresh(SIGNAL)).toEqual({ unsettled: false });
  });
});

test("a list that MISP cannot get together stays as it was, and does not keep the others away", async () => {
  await lists.refresh(SIGNAL);
  for (const id of [3, 7]) lists.changed(id, true);
  kept[3] = { name: "known", version: 2, list: ["new"] };
  kept[7] = { name: "sites", version: 2, list: ["new"] };
  broken = [3];
  expect(await lists.refresh(SIGNAL)).toMatchObject({ failure: { meaning: "busy" } });
  expect(entries()).toEqual(["known: k", "sites: new"]);
  broken = [];
  expect(await lists.refresh(SIGNAL)).toEqual({ unsettled: false });
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

test("a copy that a kill cut short is not left behind", async () => {
  await lists.refresh(SIGNAL);
  writeFileSync(join(directory, ".7.json.0123456789ab.courier"), "{");
  await opened();
  expect(readdirSync(directory).sort()).toEqual(["3.json", "7.json"]);
});
