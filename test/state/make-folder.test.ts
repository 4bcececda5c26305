import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder, makeFolderSync } from "../../src/state/make-folder.ts";
import { aFolder } from "../support/a-folder.ts";

describe.each([
  ["waiting", makeFolder],
  ["at once", async (path: string, mode?: number) => makeFolderSync(path, mode)],
])("a folder that is made %s", (_, make) => {
  test("gets its parents, and may be there already", async () => {
    const path = join(aFolder(), "a", "b", "c");
    await make(path, 0o700);
    await make(path, 0o700);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test("has the permissions that it is to have, and so have its parents, whatever the umask is", async () => {
    const former = process.umask(0o077);
    try {
      const folder = aFolder();
      await make(join(folder, "a", "b"), 0o755);
      for (const path of ["a", "a/b"]) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o755);
    } finally {
      process.umask(former);
    }
  });

  test("is refused where a file is in its way", async () => {
    const file = join(aFolder(), "file");
    writeFileSync(file, "");
    await expect(make(file)).rejects.toMatchObject({ code: "EEXIST" });
    await expect(make(join(file, "a", "b"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  test.runIf(existsSync("/proc/self"))("is refused where nothing can be made, and not tried for ever", async () => {
    await expect(make("/proc/courier/lists")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
