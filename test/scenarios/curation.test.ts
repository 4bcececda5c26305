import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import type { Logger } from "../../src/log.ts";
import { aFolder } from "../support/a-folder.ts";
import { calm, eventually, RunningCourier } from "../support/running-courier.ts";

const FRIEND = { name: "Friends", uuid: "7c9b4a2e-1111-4b6e-9d2e-5d5d5d5d5d5d" };
const HIGH = 'admiralty-scale:source-reliability="a"';
const MEDIUM = 'admiralty-scale:source-reliability="c"';
const INCOMPLETE = 'workflow:state="incomplete"';
const COMPLETE = 'workflow:state="complete"';

let courier: RunningCourier;
let misp: StandInMisp;
/** How far the courier's clock is ahead, milliseconds. */
let ahead = 0;
let said: string[];

afterEach(() => courier[Symbol.asyncDispose]());

/** With one friend on the list of high trust. */
async function start(curation: Record<string, unknown> = {}, indicators: Record<string, unknown> = {}) {
  ahead = 0;
  said = [];
  const note = (sentence: string, facts?: Record<string, unknown>) =>
    void said.push(`${sentence} ${JSON.stringify(facts)}`);
  const log: Logger = { error: note, warn: note, info: note, debug: () => {} };
  const trust = [
    { list: "org-confidence-level-high", score: 100, tag: HIGH, publish: true },
    { list: "org-confidence-level-medium", score: 50, tag: MEDIUM },
  ];
  const warninglists = { directory: await listsOfFriends(), roles: {} };
  courier = await RunningCourier.start(
    { curation: { trust, ...curation }, warninglists, indicators },
    { clock: () => Date.now() + ahead, log },
  );
  misp = courier.misp;
  await eventually(async () => expect(said.join()).toContain("MISP answers"));
}

async function listsOfFriends(): Promise<string> {
  const folder = aFolder();
  const shape = { type: "string", version: 1, description: "", matching_attributes: ["ALL"], category: "known" };
  for (const [level, list] of [
    ["high", [`org_uuid:${FRIEND.uuid} # a friend`]],
    ["medium", []],
  ] as const) {
    const name = `org-confidence-level-${level}`;
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "list.json"), JSON.stringify({ ...shape, name, list }));
  }
  return folder;
}

/** An event of a friend that a server pushed here, which is not published. */
function receive(values: readonly string[] = ["friendly.example"], tags: readonly string[] = []) {
  const organisation = misp.addOrganisation(FRIEND).id;
  const attributes = values.map((value) => ({ type: "domain", value }));
  return misp.addEvent({ organisation, info: "from a friend", tags, attributes });
}

/** What was written to MISP. */
const writes = () =>
  misp.requests
    .filter(({ path }) => /attachTag|removeTag|events\/publish/.test(path))
    .map(({ path, body }) => (path.includes("publish") ? "publish" : writeOf(path, body)));

function writeOf(path: string, body: unknown): string {
  expect(body).toMatchObject({ local: true });
  return `${path.includes("attach") ? "+" : "-"} ${Object(body).tag}`;
}

const written = (...expected: string[]) => eventually(async () => expect(writes()).toEqual(expected));

/** Long enough for an event that is not pulled to be taken for complete. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
}

describe("an event of a friend", () => {
  test("is tagged and published, and the echo of that brings nothing more", async () => {
    await start();
    receive();
    await written(`+ ${HIGH}`, "publish");
    await courier.listed("domain", "friendly.example");
    await quiet();
    expect(writes()).toHaveLength(2);
  });

  test("loses the tags of other trust, and changes from incomplete to complete, before it is published", async () => {
    await start();
    const { id } = receive();
    for (const tag of [MEDIUM, INCOMPLETE]) misp.tagEvent(id, tag, { local: true });
    await written(`+ ${HIGH}`, `- ${MEDIUM}`, `+ ${COMPLETE}`, `- ${INCOMPLETE}`, "publish");
  });

  test("is curated once for each of its changes, however often it is announced", async () => {
    await start();
    const { id } = receive();
    await written(`+ ${HIGH}`, "publish");
    for (let times = 0; times < 3; times += 1) misp.pushToZeromq(id);
    misp.untagEvent(id, HIGH);
    await quiet();
    expect(writes()).toHaveLength(2);
    ahead += 5_000;
    misp.editEvent(id, { info: "changed" });
    await written(`+ ${HIGH}`, "publish", `+ ${HIGH}`, "publish");
  });

  test("is published again once somebody adds to it, of which MISP tells by the attribute alone", async () => {
    await start();
    const { id } = receive();
    await written(`+ ${HIGH}`, "publish");
    await quiet();
    misp.addAttributes(id, [{ type: "domain", value: "added.example" }]);
    await written(`+ ${HIGH}`, "publish", "publish");
    await courier.listed("domain", "added.example", "friendly.example");
  });

  test("is not published at each of many additions, once half of an hour's writes are used up", async () => {
    await start({ writes_per_event: 4 });
    const { id } = receive();
    await written(`+ ${HIGH}`, "publish");
    await quiet();
    misp.addAttributes(id, [{ type: "domain", value: "added.example" }]);
    await quiet();
    expect(writes()).toEqual([`+ ${HIGH}`, "publish"]);
  });

  test("that the feed lost is found by the next catch-up", async () => {
    await start();
    await eventually(async () => expect(said.join()).toContain("In step with MISP"));
    misp.faults.drop = () => true;
    receive();
    await misp.flushed();
    misp.faults.drop = undefined;
    await misp.restartPublisher();
    await written(`+ ${HIGH}`, "publish");
  });

  test("that came while the courier was stopped is curated when it is back", async () => {
    await start();
    await eventually(async () => expect(said.join()).toContain("In step with MISP"));
    await courier.stop();
    receive();
    await courier.start();
    await written(`+ ${HIGH}`, "publish");
  });

  test("is left alone where others are meant", async () => {
    await start({ sources: ["pulled", "local"] });
    receive();
    await quiet();
    expect(writes()).toEqual([]);
    misp.pullFromServer({
      organisation: FRIEND,
      info: "pulled",
      attributes: [{ type: "domain", value: "pulled.example" }],
    });
    await written(`+ ${HIGH}`);
  });
});

describe("an event of somebody else", () => {
  test("is left alone, as is our own", async () => {
    await start();
    const stranger = misp.addOrganisation({ name: "Strangers", uuid: "11111111-1111-4b6e-9d2e-5d5d5d5d5d5d" }).id;
    misp.addEvent({
      organisation: stranger,
      info: "theirs",
      attributes: [{ type: "domain", value: "theirs.example" }],
    });
    misp.addEvent({ info: "ours", attributes: [{ type: "domain", value: "ours.example" }] });
    await quiet();
    expect(writes()).toEqual([]);
    expect(misp.requests.filter(({ body }) => Array.isArray(Object(body).uuid))).toEqual([]);
  });
});

describe("a gate", () => {
  test("of TLP keeps an event from publication until its tag is right", async () => {
    await start({ gates: { tlp: ["green"] } });
    const { id, uuid } = receive();
    await written(`+ ${HIGH}`);
    await eventually(async () => expect(said.join()).toContain("not published: it has no TLP"));
    using report = new LedgerReport(join(courier.directory, "state/ledger.sqlite"));
    expect(report.summary().uncurated).toEqual([{ event: uuid, reason: "not published: it has no TLP" }]);
    misp.tagEvent(id, "tlp:green");
    await written(`+ ${HIGH}`, "publish");
    await eventually(async () => expect(report.summary().uncurated).toEqual([]));
  });

  test("of warninglists counts what blocks and what lowers, among attributes with the IDS flag", async () => {
    await start({ gates: { max_warninglist_hits: 1 } });
    misp.setWarninglist({
      id: 7,
      name: "sites",
      type: "hostname",
      enabled: true,
      matchingAttributes: ["domain"],
      list: ["good.example"],
    });
    await eventually(async () => expect(misp.requests.map(({ path }) => path)).toContain("/warninglists/export/7"));
    await calm();
    receive(["www.good.example", "bad.example"]);
    await written(`+ ${HIGH}`, "publish");
    receive(["a.good.example", "b.good.example"]);
    await eventually(async () => expect(said.join()).toContain("warninglists warn of 2 of its attributes"));
    expect(writes()).toEqual([`+ ${HIGH}`, "publish", `+ ${HIGH}`]);
  });
});

describe("a step that MISP refuses", () => {
  test("ends it: nothing is published that was not tagged, the cure is told, and it goes on once that is mended", async () => {
    await start();
    const host = misp.keyOrganisation;
    misp.keyOrganisation = misp.addOrganisation({ name: "Guests" }).id;
    receive();
    await written(`+ ${HIGH}`);
    await quiet();
    expect(writes()).toEqual([`+ ${HIGH}`]);
    using report = new LedgerReport(join(courier.directory, "state/ledger.sqlite"));
    expect(report.summary().findings.join()).toContain("MISP.host_org_id");
    misp.keyOrganisation = host;
    ahead += 360_000;
    await written(`+ ${HIGH}`, `+ ${HIGH}`, "publish");
    expect(report.summary().findings).toEqual([]);
  });
});

test("a dry run says what it would write, and writes nothing", async () => {
  await start({ dry_run: true });
  const { uuid } = receive();
  await eventually(async () => expect(said.filter((line) => line.includes("Would write"))).toHaveLength(2));
  expect(said.join("\n")).toContain(
    `Would write to MISP ${JSON.stringify({ event: uuid, step: "attach", tag: HIGH })}`,
  );
  expect(writes()).toEqual([]);
});
