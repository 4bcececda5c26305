import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFile as replace } from "../../src/state/replace-file.ts";
import { editFile, prepareDirectory } from "../../src/targets/lines/edit-file.ts";
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
  it("leaves it to whoever may read it, and its group, as somebody set them by hand", async () => {
    const path = join(directory, "list.txt");
    const edit = (content: string) => editFile(path, () => Buffer.from(content));
    await edit("old\n");
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    await chmod(path, 0o640);
    const others = process.getuid?.() === 0 ? 4_321 : (process.getgroups?.().at(-1) ?? -1);
    await chown(path, -1, others);
    const before = await stat(path);
    await edit("new\n");
    const after = await stat(path);
    expect(after.ino).not.toBe(before.ino);
    expect(after).toMatchObject({ mode: before.mode, uid: before.uid, gid: others });
  });

  it.runIf(process.getuid?.() === 0)(
    "keeps its group also for who belongs to that, but may not give it its owner",
    async () => {
      const path = join(directory, "list.txt");
      await writeFile(path, "old\n");
      await chown(path, 0, 4_321);
      await chmod(path, 0o640);
      await chmod(directory, 0o777);
      await asNobodyOf(4_321, () => editFile(path, () => Buffer.from("new\n")));
      expect(await readFile(path, "utf8")).toBe("new\n");
      const { mode, uid, gid } = await stat(path);
      expect({ mode: mode & 0o777, uid, gid }).toEqual({ mode: 0o640, uid: 65_534, gid: 4_321 });
    },
  );

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

/** Works as the user nobody, who belongs to a group beside its own. */
async function asNobodyOf(group: number, work: () => Promise<void>): Promise<void> {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([group]);
  process.setegid?.(65_534);
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}
