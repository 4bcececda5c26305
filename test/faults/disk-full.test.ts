import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Database } from "../../src/ledger/database/database.ts";
import { call } from "../cli/captured-terminal.ts";
import { aFolder } from "../support/a-folder.ts";
import { Chance } from "./chance.ts";
import { ChildCourier } from "./child-courier.ts";
import { amiss } from "./converged.ts";
import { Flood } from "./flood.ts";
import { aFastMisp, MispClock } from "./misp-clock.ts";
import { SmallDisk } from "./small-disk.ts";
import { SEED } from "./trials.ts";
import { Watch } from "./watch.ts";

/** Kilobytes: more than the ledger's files may grow to. */
const ROOM = 40_000;
const NO_MOUNT = "this user may not mount a small disk";
const TIMEOUT = { timeout: 180_000 };

/** A courier that follows a flood of changes. */
async function aFollower(directory: string) {
  const clock = new MispClock();
  const misp = await aFastMisp(clock);
  const flood = new Flood(misp, clock, new Chance(SEED));
  const courier = new ChildCourier(directory, misp);
  const watch = new Watch(courier.lists, flood);
  onTestFinished(async () => {
    for (const part of [courier, watch, flood, misp]) await part[Symbol.asyncDispose]();
  });
  flood.change(30);
  courier.start();
  await courier.hears();
  expect(await amiss(courier, watch, () => flood.wanted)).toEqual([]);
  return { courier, flood, watch, misp };
}

test.for([
  ["the lists", "lists", "The target cannot take anything now"],
  ["the state", "state", "The ledger cannot be written; the feed waits"],
] as const)(
  "a disk that is full under %s is waited out, and nothing is lost or taken off wrongly",
  TIMEOUT,
  async ([_, part, sentence], { skip }) => {
    const directory = aFolder();
    const disk = SmallDisk.mount(join(directory, part), ROOM);
    if (!disk) return skip(NO_MOUNT);
    const { courier, flood, watch, misp } = await aFollower(directory);
    disk.fill();
    // What cannot be read, and a line that breaks, are to be put on record as well.
    misp.sendRaw("misp_json_event {");
    flood.flow();
    await courier.said(sentence);
    await misp.restartPublisher();
    misp.sendRaw("misp_json_event {");
    await pause(1_500);
    await flood.rest();
    disk.free();
    expect(await amiss(courier, watch, () => flood.wanted)).toEqual([]);
    expect([...watch.wrong, ...courier.bugs]).toEqual([]);
    expect(courier.running).toBe(true);
  },
);

test(
  "a courier that starts on a full disk says so, changes nothing, and goes on once there is room",
  TIMEOUT,
  async ({ skip }) => {
    const directory = aFolder();
    const disk = SmallDisk.mount(join(directory, "state"), ROOM);
    if (!disk) return skip(NO_MOUNT);
    const { courier, flood, watch } = await aFollower(directory);
    await courier.kill();
    disk.fill();
    flood.change(10);
    const { code, err } = await call(["run", "--config", courier.config]);
    expect(err).toMatch(/ledger\.sqlite cannot be written .*Make room on that disk/);
    expect(code).toBe(74);
    disk.free();
    courier.start();
    expect(await amiss(courier, watch, () => flood.wanted)).toEqual([]);
    expect(watch.wrong).toEqual([]);
  },
);

test(
  "a disk that has no room for a backup, or for an app, is named as that, and the state is not",
  TIMEOUT,
  async ({ skip }) => {
    const folder = aFolder();
    const disk = SmallDisk.mount(join(folder, "disk"), 40);
    if (!disk) return skip(NO_MOUNT);
    const config = join(folder, "config.yaml");
    writeFileSync(config, "misp: {url: https://m.example, key: k}\n");
    Database.open(join(folder, "state", "ledger.sqlite")).close();
    const backup = await call(["backup", join(disk.folder, "a.courier"), "--config", config]);
    expect(backup).toMatchObject({
      code: 74,
      err: expect.stringContaining(`written in ${disk.folder} (its disk is full)`),
    });
    expect(readdirSync(disk.folder)).toEqual([]);
    const app = await call(["splunk-app", disk.folder]);
    expect(app).toMatchObject({ code: 74, err: expect.stringMatching(/^misp-courier: ENOSPC.*$/) });
  },
);

test("a state that can only be read is named, with the way out", TIMEOUT, async ({ skip }) => {
  const directory = aFolder();
  const disk = SmallDisk.mount(join(directory, "state"), ROOM);
  if (!disk) return skip(NO_MOUNT);
  const { courier } = await aFollower(directory);
  await courier.stop();
  disk.makeReadOnly();
  const { code, err } = await call(["run", "--config", courier.config]);
  expect(err).toContain(`${disk.folder} cannot be written`);
  expect(err).toContain("let the user of misp-courier write there");
  expect(code).toBe(74);
});
