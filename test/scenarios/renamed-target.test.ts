import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { call } from "../cli/captured-terminal.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";

const LISTS = { type: "csv", directory: "./lists" };

/** Lists elsewhere, on which it shows that the courier has learned what was withdrawn. */
const WITNESS = { type: "csv", directory: "./witness" };

/** Runs a courier with these targets, and a witness, until it has delivered all that MISP has by now; what is on the lists then? */
async function listedBy(courier: RunningCourier, targets: Record<string, unknown>): Promise<string[] | undefined> {
  await courier.start({ targets: { ...targets, witness: WITNESS } });
  await eventually(async () => {
    const text = await readFile(join(courier.directory, "witness", "domain.csv"), "utf8");
    expect(text.split("\n").sort().join(" ").trim()).toBe("b.example c.example value");
  });
  await courier.stop();
  return await courier.list("domain");
}

/** A courier that was stopped with three domains on the lists of a target `one`, of which the first was deleted since. */
async function stoppedWithOneWithdrawn(): Promise<RunningCourier> {
  const courier = await RunningCourier.start({ targets: { one: LISTS } });
  const { attributes } = courier.publishDomains("a.example", "b.example", "c.example");
  await courier.listed("domain", "a.example", "b.example", "c.example");
  await courier.compared();
  await courier.stop();
  courier.misp.softDelete(attributes[0] ?? 0);
  return courier;
}

test("a target that is renamed takes off what was withdrawn since it was last fed", async () => {
  await using courier = await stoppedWithOneWithdrawn();
  await courier.start({ targets: { two: LISTS } });
  await courier.listed("domain", "b.example", "c.example");
  await courier.stop();
  const { out } = await call(["status", "--config", join(courier.directory, "config.yaml")]);
  expect(out).toContain("two: holds 2, in step");
  expect(out).not.toContain("one:");
});

test("a target that is renamed after it was left out for a while does so, too", async () => {
  await using courier = await stoppedWithOneWithdrawn();
  expect(await listedBy(courier, {})).toEqual(["a.example", "b.example", "c.example"]);
  await courier.start({ targets: { two: LISTS } });
  await courier.listed("domain", "b.example", "c.example");
});

test("a target that takes over the place of one whose name is given to another place does so, too", async () => {
  await using courier = await stoppedWithOneWithdrawn();
  const elsewhere = { type: "csv", directory: "./elsewhere" };
  expect(await listedBy(courier, {})).toEqual(["a.example", "b.example", "c.example"]);
  await courier.start({ targets: { one: elsewhere, two: LISTS } });
  await courier.listed("domain", "b.example", "c.example");
});

test("targets that exchange their names take off what was withdrawn since", async () => {
  await using courier = await stoppedWithOneWithdrawn();
  const others = { type: "csv", directory: "./others" };
  expect(await listedBy(courier, { two: others })).toEqual(["a.example", "b.example", "c.example"]);
  await courier.start({ targets: { one: others, two: LISTS } });
  await courier.listed("domain", "b.example", "c.example");
});

test("what a target has left stays where the one that comes takes fewer types, or the one that went is only switched off", async () => {
  await using courier = await stoppedWithOneWithdrawn();
  const all = ["a.example", "b.example", "c.example"];
  expect(await listedBy(courier, { two: { ...LISTS, types: ["ip-dst"] } })).toEqual(all);
  expect(await listedBy(courier, { one: { ...LISTS, enabled: false }, three: LISTS })).toEqual(all);
});

test("plan says of a target that is renamed what it will lose, and not that it is dropped", async () => {
  await using courier = await stoppedWithOneWithdrawn();
  await courier.start();
  await courier.listed("domain", "b.example", "c.example");
  await courier.stop();
  const other = join(courier.directory, "other.yaml");
  const { misp } = await courier.config();
  const settings = {
    misp: { url: misp.url, key: misp.key, zeromq: misp.zeromq.endpoint },
    filter: [{ types: ["url"] }],
  };
  await writeFile(other, stringify({ ...settings, targets: { two: LISTS } }));
  const { out } = await call(["plan", other, "--config", join(courier.directory, "config.yaml"), "--json"]);
  expect(JSON.parse(out)).toMatchObject({
    targets: [{ name: "two", isNew: false, holds: 2, add: { count: 0 }, remove: { count: 2 } }],
    dropped: [],
  });
});
