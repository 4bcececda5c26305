import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeLeftovers, replaceFile } from "../../src/state/replace-file.ts";
import { aFolder } from "../support/a-folder.ts";

test("a file is made, or replaced, with the permissions that are asked for, and nothing is left beside it", async () => {
  const folder = aFolder();
  const file = join(folder, "journal.json");
  await replaceFile(file, "one", 0o600);
  await replaceFile(file, Buffer.from("two"), 0o644);
  expect(readFileSync(file, "utf8")).toBe("two");
  expect(statSync(file).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder)).toEqual(["journal.json"]);
});

test("whoever has the old file open goes on reading the old content", async () => {
  const file = join(aFolder(), "journal.json");
  await replaceFile(file, "old", 0o600);
  const before = statSync(file).ino;
  await replaceFile(file, "new", 0o600);
  expect(statSync(file).ino).not.toBe(before);
});

test("a replacement that fails leaves everything as it was", async () => {
  const folder = aFolder();
  mkdirSync(join(folder, "taken", "inside"), { recursive: true });
  await expect(replaceFile(join(folder, "taken"), "text", 0o600)).rejects.toThrow();
  await expect(replaceFile(join(folder, "nowhere", "file"), "text", 0o600)).rejects.toThrow("ENOENT");
  expect(readdirSync(folder)).toEqual(["taken"]);
});

test("many at once end in one of them, whole", async () => {
  const folder = aFolder();
  const file = join(folder, "journal.json");
  const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(50_000));
  await Promise.all(contents.map((content) => replaceFile(file, content, 0o600)));
  expect(contents).toContain(readFileSync(file, "utf8"));
  expect(readdirSync(folder)).toEqual(["journal.json"]);
});

test("what a crash left is removed, and nothing else", async () => {
  const folder = aFolder();
  const names = [
    "domain.csv",
    ".domain.csv.0123456789ab.courier",
    ".htaccess",
    ".domain.csv.0123.courier",
    "a.courier",
  ];
  for (const name of names) writeFileSync(join(folder, name), "");
  await removeLeftovers(folder);
  expect(readdirSync(folder).sort()).toEqual([".domain.csv.0123.courier", ".htaccess", "a.courier", "domain.csv"]);
});
