import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { ListFileCopies } from "../../src/courier/knowledge/list-file-copies.ts";
import { listFilesState, readListFiles } from "../../src/courier/knowledge/list-files.ts";
import { aFolder } from "../support/a-folder.ts";

let directory: string;

beforeEach(() => {
  directory = aFolder();
  write("own/list.json", { name: "Own", list: ["a.example"] });
  write("sites.json", { list: ["b.example"] });
});

function write(file: string, content: unknown) {
  mkdirSync(join(directory, file, ".."), { recursive: true });
  writeFileSync(join(directory, file), typeof content === "string" ? content : JSON.stringify(content));
}

const told = async (...former: Parameters<typeof readListFiles>[1][]) => {
  const { lists, problems } = await readListFiles(directory, ...former);
  const entries = [...lists.values()].map(({ name, entries: held }) => `${name}: ${held}`);
  return { entries, problems: problems.map((problem) => problem.replace(`${directory}/`, "")) };
};

test("a list is a file, or a folder with a list.json", async () => {
  expect(await told()).toEqual({ entries: ["Own: a.example", "sites: b.example"], problems: [] });
});

test("a file may be written as Windows does, in UTF-16 or with a mark before it", async () => {
  const text = JSON.stringify({ name: "Own", list: ["ü.example"] });
  for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, "utf16le")]) {
    writeFileSync(join(directory, "own", "list.json"), bytes);
    expect(await told()).toEqual({ entries: ["Own: ü.example", "sites: b.example"], problems: [] });
  }
});

test("a link to a folder with a list.json is one, too, and a file of another kind is none", async () => {
  const elsewhere = aFolder();
  writeFileSync(join(elsewhere, "list.json"), JSON.stringify({ name: "Linked", list: ["c.example"] }));
  symlinkSync(elsewhere, join(directory, "linked"));
  symlinkSync(join(directory, "nowhere"), join(directory, "leads-nowhere"));
  write("README.md", "Lists of ours.");
  expect(await told()).toEqual({ entries: ["Linked: c.example", "Own: a.example", "sites: b.example"], problems: [] });
});

test("a folder that cannot be read takes nothing along", async () => {
  const { lists } = await readListFiles(directory);
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "no folder");
  expect(await readListFiles(directory, lists)).toMatchObject({
    lists,
    problems: [`${directory}: it cannot be read (ENOTDIR); its lists stay as they were`],
  });
});

test("a file that cannot be read is told of, and keeps no other away", async () => {
  write("own/list.json", '{"name": "Own", "li');
  write("sites.json", { list: ["b.example"], type: "unheard of" });
  write("third.json", { list: ["c.example"] });
  expect(await told()).toEqual({
    entries: ["third: c.example"],
    problems: [
      "own/list.json: it is not valid JSON",
      "sites.json: Warninglist sites: its type must be one of cidr, hostname, string, substring, regex.",
    ],
  });
});

test("a file that is broken now leaves its list as it was; one that is gone takes its list along", async () => {
  const { lists } = await readListFiles(directory);
  write("own/list.json", '{"name": "Own", "li');
  rmSync(join(directory, "sites.json"));
  expect(await told(lists)).toEqual({
    entries: ["Own: a.example"],
    problems: ["own/list.json: it is not valid JSON; its list stays as it was"],
  });
});

test("a folder that is gone, as with a mount, takes nothing along", async () => {
  const { lists } = await readListFiles(directory);
  rmSync(directory, { recursive: true });
  expect(await readListFiles(directory, lists)).toMatchObject({
    lists,
    problems: [`${directory}: it is not there any more; its lists stay as they were`],
  });
  expect(await told()).toEqual({ entries: [], problems: [] });
});

test("the state of a folder is another whenever a file is", async () => {
  const before = await listFilesState(directory);
  expect(await listFilesState(directory)).toBe(before);
  write("sites.json", { list: ["b.example", "c.example"] });
  expect(await listFilesState(directory)).not.toBe(before);
});

test("a list of which a copy was kept is known from that while its file is broken, and no more once the file was gone", async () => {
  const copies = new ListFileCopies(aFolder());
  await readListFiles(directory, new Map(), copies);
  write("own/list.json", '{"name": "Own", "list": [');
  const { lists } = await readListFiles(directory, new Map(), copies);
  expect([...lists.values()].map(({ name }) => name)).toEqual(["Own", "sites"]);
  await copies.keepOnly([join(directory, "sites.json")]);
  expect((await readListFiles(directory, new Map(), copies)).lists.size).toBe(1);
});
