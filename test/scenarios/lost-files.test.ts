import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually, RunningCourier } from "../support/running-courier.ts";

const LISTS = { blocklists: { type: "csv", directory: "./lists", lists: { names: ["domain", "hostname"] } } };

async function names({ directory }: RunningCourier): Promise<string[]> {
  const text = await readFile(join(directory, "lists", "names.txt"), "utf8");
  return text.split("\n").slice(0, -1).sort();
}

test("a list that somebody deleted is whole again with the next change, and the merged list is at no time short", async () => {
  await using courier = await RunningCourier.start({ targets: LISTS });
  const { attributes } = courier.publishDomains("a.example", "b.example", "c.example");
  await courier.listed("domain", "a.example", "b.example", "c.example");
  await rm(join(courier.directory, "lists", "domain.csv"));
  courier.misp.sight(attributes[1] ?? 0, { type: 1 });
  await courier.listed("domain", "a.example", "c.example");
  await eventually(async () => expect(await names(courier)).toEqual(["a.example", "c.example"]));
});

test("one that was deleted while nothing ran is whole again with the next change, too", async () => {
  await using courier = await RunningCourier.start({ targets: LISTS });
  courier.publishDomains("a.example", "b.example");
  await courier.listed("domain", "a.example", "b.example");
  await courier.stop();
  await rm(join(courier.directory, "lists", "domain.csv"));
  await courier.start();
  courier.publishDomains("c.example");
  await courier.listed("domain", "a.example", "b.example", "c.example");
});

test("a directory that was emptied or removed while nothing ran is filled again at the start", async () => {
  await using courier = await RunningCourier.start({ targets: LISTS });
  courier.publishDomains("a.example", "b.example");
  await courier.listed("domain", "a.example", "b.example");
  await courier.stop();
  await rm(join(courier.directory, "lists"), { recursive: true });
  await courier.start();
  await courier.listed("domain", "a.example", "b.example");
  await eventually(async () => expect(await names(courier)).toEqual(["a.example", "b.example"]));
});

test("a directory that cannot be made at the start is waited for, and keeps nothing else from working", async () => {
  const elsewhere = { elsewhere: { type: "csv", directory: "./elsewhere" } };
  await using courier = await RunningCourier.start({ targets: elsewhere });
  await courier.stop();
  const folder = join(courier.directory, "lists");
  await writeFile(folder, "somebody's file");
  await courier.start({ targets: { ...LISTS, ...elsewhere } });
  courier.publishDomains("a.example");
  const other = join(courier.directory, "elsewhere", "domain.csv");
  await eventually(async () => expect(await readFile(other, "utf8")).toBe("value\na.example\n"));
  await rm(folder);
  await courier.listed("domain", "a.example");
});
