import { chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LogFile } from "../src/log-file.ts";
import { SmallDisk } from "./faults/small-disk.ts";
import { aFolder } from "./support/a-folder.ts";
import { NOBODY, ROOT } from "./support/another-user.ts";

/** Versions of Node differ in which call finds out. */
const CANNOT = expect.stringMatching(/^began (EEXIST|ENOTDIR)$/);

function aLogFile(file: string, largest?: number) {
  const told: string[] = [];
  const trouble = {
    began: (error: unknown) => told.push(`began ${(error as NodeJS.ErrnoException).code}`),
    ended: (lost: number) => told.push(`ended ${lost}`),
  };
  return { log: new LogFile(file, trouble, largest), told };
}

test("lines are there as soon as they are written, in a folder that is made for them", () => {
  const file = join(aFolder(), "deep", "courier.log");
  const { log, told } = aLogFile(file);
  log.write("one\n");
  log.write("two\n");
  expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
  expect(told).toEqual([]);
});

test("a file that cannot be written is told of once, costs the lines of that time alone, and is told of when it can", () => {
  const folder = join(aFolder(), "logs");
  const { log, told } = aLogFile(join(folder, "courier.log"));
  log.write("before\n");
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "in the way");
  for (const line of ["lost\n", "lost, too\n"]) log.write(line);
  expect(told).toEqual([CANNOT]);
  rmSync(folder);
  log.write("after\n");
  expect(told).toEqual([CANNOT, "ended 2"]);
  expect(readFileSync(join(folder, "courier.log"), "utf8")).toBe("after\n");
  expect(log.writableLength).toBe(0);
});

test.runIf(existsSync("/proc/self"))("a folder that cannot be made anywhere is told of, and not tried for ever", () => {
  const { log, told } = aLogFile("/proc/courier/logs/courier.log");
  log.write("lost\n");
  expect(told).toEqual(["began ENOENT"]);
});

test("a full disk cuts no line in two", ({ skip }) => {
  const disk = SmallDisk.mount(join(aFolder(), "disk"), 64);
  if (!disk) return skip("this user may not mount");
  const file = join(disk.folder, "courier.log");
  const { log, told } = aLogFile(file);
  log.write("before\n");
  disk.fill();
  for (let number = 0; number < 100; number += 1) log.write(`${"x".repeat(100)}\n`);
  disk.free();
  log.write("after\n");
  expect(told).toEqual(["began ENOSPC", expect.stringMatching(/^ended \d+$/)]);
  expect(readFileSync(file, "utf8")).toMatch(/^before\n(x{100}\n)*after\n$/);
});

test("somebody else may move it away", () => {
  const file = join(aFolder(), "courier.log");
  const { log } = aLogFile(file);
  log.write("one\n");
  rmSync(file);
  log.write("two\n");
  expect(readFileSync(file, "utf8")).toBe("two\n");
});

test("it is not let grow without end: four older files stand beside it, the oldest with the highest number", () => {
  const folder = aFolder();
  const { log, told } = aLogFile(join(folder, "courier.log"), 10);
  for (let number = 1; number <= 9; number += 1) log.write(`a line ${number}\n`);
  const contents = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  expect(Object.fromEntries(contents)).toEqual({
    "courier.log": "a line 9\n",
    "courier.log.1": "a line 7\na line 8\n",
    "courier.log.2": "a line 5\na line 6\n",
    "courier.log.3": "a line 3\na line 4\n",
    "courier.log.4": "a line 1\na line 2\n",
  });
  for (let number = 10; number <= 11; number += 1) log.write(`a line ${number}\n`);
  expect(readdirSync(folder)).toHaveLength(5);
  expect(readFileSync(join(folder, "courier.log.4"), "utf8")).toBe("a line 3\na line 4\n");
  expect(told).toEqual([]);
});

test.skipIf(!ROOT)("a file that root has begun belongs to whom its folder does, and so does the next one", () => {
  const folder = aFolder();
  chownSync(folder, NOBODY.uid, NOBODY.gid);
  const { log, told } = aLogFile(join(folder, "courier.log"), 10);
  for (const line of ["the first file\n", "the second\n"]) log.write(line);
  const files = readdirSync(folder).sort();
  expect(files).toEqual(["courier.log", "courier.log.1"]);
  expect(files.map((file) => statSync(join(folder, file)).uid)).toEqual([NOBODY.uid, NOBODY.uid]);
  expect(told).toEqual([]);
});
