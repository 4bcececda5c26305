import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Journal, type Parked } from "../../src/delivery/journal.ts";
import { StateDamaged } from "../../src/state/damaged.ts";
import { aFolder } from "../support/a-folder.ts";

function parked(value: string): Parked {
  return { type: "domain", value, operation: "add", reason: "too long", at: 7 };
}

test("a journal that is not there yet is empty, and nothing is written before it is saved", async () => {
  const folder = aFolder();
  const journal = await Journal.open(join(folder, "journal.json"));
  expect(journal.targets).toEqual({});
  expect(journal.entry("lists")).toEqual({
    position: 0,
    attempts: 0,
    failingSince: null,
    nextAttempt: null,
    lastError: null,
    parked: [],
  });
  expect(readdirSync(folder)).toEqual([]);
});

test("what was saved is there again", async () => {
  const file = join(aFolder(), "journal.json");
  const journal = await Journal.open(file);
  Object.assign(journal.entry("lists"), { position: 9, attempts: 2, failingSince: 5, nextAttempt: 8, lastError: "no" });
  journal.park("lists", [parked("a.example")]);
  journal.entry("splunk");
  await journal.save();
  const again = await Journal.open(file);
  expect(again.targets).toEqual(journal.targets);
  expect(again.entry("lists").parked).toEqual([parked("a.example")]);
});

test.each(["constructor", "toString"])("a target may be called %s", async (name) => {
  const file = join(aFolder(), "journal.json");
  const journal = await Journal.open(file);
  expect(journal.targets[name]).toBeUndefined();
  journal.park(name, [parked("a.example")]);
  await journal.save();
  const again = await Journal.open(file);
  expect(again.entry(name).parked).toEqual([parked("a.example")]);
  expect(again.targets.valueOf).toBeUndefined();
});

test("is for nobody else's eyes", async () => {
  const file = join(aFolder(), "journal.json");
  await (await Journal.open(file)).save();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("of what is parked the newest thousand are kept", async () => {
  const journal = await Journal.open(join(aFolder(), "journal.json"));
  const items = Array.from({ length: 1_500 }, (_, index) => parked(`a${index}`));
  journal.park("lists", items.slice(0, 700));
  journal.park("lists", items.slice(700));
  expect(journal.entry("lists").parked).toEqual(items.slice(500));
});

test("saved many times at once, the file ends as the journal is, and is whole at every moment", async () => {
  const folder = aFolder();
  const file = join(folder, "journal.json");
  const journal = await Journal.open(file);
  const saves: Promise<void>[] = [];
  for (let position = 1; position <= 30; position += 1) {
    journal.entry("lists").position = position;
    saves.push(journal.save());
    if (position % 10 === 0) await saves.at(-5)?.then(() => JSON.parse(readFileSync(file, "utf8")));
  }
  await Promise.all(saves);
  expect((await Journal.open(file)).entry("lists").position).toBe(30);
  expect(readdirSync(folder)).toEqual(["journal.json"]);
});

test("a save that fails is told, and the next one goes through", async () => {
  const folder = aFolder();
  const journal = await Journal.open(join(folder, "deep", "journal.json"));
  await expect(journal.save()).rejects.toThrow("ENOENT");
  mkdirSync(join(folder, "deep"));
  await journal.save();
});

describe("a damaged file is refused, by its name and with the way out", () => {
  test.for([
    ["cut", '{"version":1,"targets":{"li'],
    ["empty", ""],
    ["of another version", '{"version":2,"targets":{}}'],
    ["with something else in it", '{"version":1,"targets":{"lists":{"position":"9"}}}'],
    ["no object", "[]"],
  ] as const)("%s", async ([, text]) => {
    const file = join(aFolder(), "journal.json");
    writeFileSync(file, text);
    const opening = Journal.open(file);
    await expect(opening).rejects.toBeInstanceOf(StateDamaged);
    await expect(opening).rejects.toThrow(file);
    await expect(opening).rejects.toThrow("Move it away");
  });
});
