import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFile as replace } from "../../src/state/replace-file.ts";
import { editFile, prepareDirectory } from "../../src/targets/edit-file.ts";
import { NotNow } from "../../src/targets/target.ts";

const replaceFile = (path: string, content: Buffer) => replace(path, content, 0o644);

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "misp-courier-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("replacing a file", () => {
  it("leaves readers of the old file with all of the old file", async () => {
    const path = join(directory, "list.txt");
    await writeFile(path, "old\n");
    const before = await stat(path);
    await replaceFile(path, Buffer.from("new\n"));
    expect(await readFile(path, "utf8")).toBe("new\n");
    expect((await stat(path)).ino).not.toBe(before.ino);
    expect(await readdir(directory)).toEqual(["list.txt"]);
  });

  it("shows its readers only whole versions while it goes on", async () => {
    const path = join(directory, "list.txt");
    const version = (n: number) => Buffer.from(`${n % 10}\n`.repeat(50_000));
    await replaceFile(path, version(0));
    let torn = 0;
    const read = async () => {
      if (isTorn(await readFile(path))) torn += 1;
    };
    for (let n = 1; n <= 20; n += 1) await Promise.all([replaceFile(path, version(n)), read(), read(), read()]);
    expect(torn).toBe(0);
  });

  it("leaves nothing behind when it fails", async () => {
    const path = join(directory, "list.txt");
    await mkdir(join(path, "in-the-way"), { recursive: true });
    await expect(replaceFile(path, Buffer.from("new\n"))).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(directory)).toEqual(["list.txt"]);
  });
});

describe("editing a file", () => {
  it("says NotNow with the path and the code when the file system refuses", async () => {
    const path = join(directory, "gone", "list.txt");
    const failure = await editFile(path, () => Buffer.from("new\n")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotNow);
    expect(String(failure)).toBe(`NotNow: cannot replace ${path}: ENOENT: no such file or directory`);
  });

  it("lets a mistake of the edit through as what it is", async () => {
    const mistake = new TypeError("a bug");
    const edit = () => Promise.reject(mistake);
    await expect(editFile(join(directory, "list.txt"), edit)).rejects.toBe(mistake);
  });
});

describe("preparing a directory", () => {
  it("creates it with its parents and says NotNow where it cannot", async () => {
    await prepareDirectory(join(directory, "a", "b"));
    expect(await readdir(join(directory, "a"))).toEqual(["b"]);
    await writeFile(join(directory, "file"), "");
    await expect(prepareDirectory(join(directory, "file", "b"))).rejects.toBeInstanceOf(NotNow);
  });
});

/** True for a content that is not one version from its beginning to its end. */
function isTorn(content: Buffer): boolean {
  return content.length !== 100_000 || content.some((byte, n) => byte !== content[n % 2]);
}
