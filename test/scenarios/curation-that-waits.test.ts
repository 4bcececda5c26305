import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { type Logger, silent } from "../../src/log.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";

const FRIEND = { name: "Friends", uuid: "7c9b4a2e-1111-4b6e-9d2e-5d5d5d5d5d5d" };
const HIGH = 'admiralty-scale:source-reliability="a"';

let courier: RunningCourier;
let misp: StandInMisp;
let settings: { warninglists: unknown };
let said: string[];

afterEach(() => courier[Symbol.asyncDispose]());

/** With one friend, whose events are tagged and published; MISP's events are never so young that they are read twice. */
async function start(curation: Record<string, unknown> = {}) {
  said = [];
  const note = (sentence: string) => void said.push(sentence);
  const log: Logger = { ...silent, warn: note, info: note };
  const list = join(aFolder(), "friends");
  await mkdir(list);
  const shape = { name: "friends", type: "string", version: 1, description: "", matching_attributes: ["ALL"] };
  await writeFile(join(list, "list.json"), JSON.stringify({ ...shape, list: [`org_uuid:${FRIEND.uuid}`] }));
  settings = { warninglists: { directory: join(list, ".."), roles: {} } };
  const clocks = { mispClock: () => Date.now() - 60_000 };
  courier = await RunningCourier.start(curated(curation), { ...clocks, log });
  misp = courier.misp;
  await courier.compared();
}

function curated(curation: Record<string, unknown>) {
  return { ...settings, curation: { trust: [{ list: "friends", score: 100, tag: HIGH, publish: true }], ...curation } };
}

function receive(value: string) {
  const organisation = misp.addOrganisation(FRIEND).id;
  return misp.addEvent({ organisation, info: value, attributes: [{ type: "domain", value }] });
}

const writes = () => misp.requests.filter(({ path }) => /attachTag|events\/publish/.test(path)).length;

test("events that a catch-up found are curated although the courier was stopped while they waited for room among its writes", async () => {
  await start();
  await courier.stop();
  for (const value of ["one.example", "two.example", "three.example"]) receive(value);
  await courier.start(curated({ writes_per_minute: 1 }));
  await courier.compared();
  await eventually(async () => expect(writes()).toBe(1));
  await courier.stop();
  await courier.start(curated({}));
  await courier.listed("domain", "one.example", "three.example", "two.example");
});

test("an event that waits is left alone once curation is switched off", async () => {
  await start();
  const host = misp.keyOrganisation;
  misp.keyOrganisation = misp.addOrganisation({ name: "Guests" }).id;
  receive("friendly.example");
  await eventually(async () => expect(said).toContain("An event waits for its curation"));
  await courier.stop();
  misp.keyOrganisation = host;
  const before = writes();
  await courier.start(curated({ enabled: false }));
  await courier.compared();
  await pause(300);
  expect(writes()).toBe(before);
  await courier.stop();
  await courier.start(curated({}));
  await courier.listed("domain", "friendly.example");
});

test("what a dry run said that it would write is written once the dry run is over", async () => {
  await start({ dry_run: true });
  receive("friendly.example");
  await eventually(async () => expect(said).toContain("Would write to MISP"));
  await courier.stop();
  await courier.start(curated({ dry_run: true }));
  await courier.compared();
  await courier.stop();
  expect(writes()).toBe(0);
  await courier.start(curated({}));
  await courier.listed("domain", "friendly.example");
});
