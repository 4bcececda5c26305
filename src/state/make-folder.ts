import { chmodSync, mkdirSync, statSync } from "node:fs";
import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder with its parents, one by one: Node's own way turns in a circle for ever where a folder is there and the
 * system says of what is to be made in it that there is no such place, as /proc does.
 * @param mode the permissions of those that are made, whatever the umask is
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { mode });
    if (mode !== undefined) await chmod(path, mode);
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if (!isMissing(error) || parent === path || (await isFolder(parent))) throw error;
    await makeFolder(parent, mode);
    await makeFolder(path, mode);
  }
}

/** The same, for whoever cannot wait. */
export function makeFolderSync(path: string, mode?: number): void {
  try {
    mkdirSync(path, { mode });
    if (mode !== undefined) chmodSync(path, mode);
  } catch (error) {
    const isThere = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (isThere(path)) return;
    const parent = dirname(path);
    if (!isMissing(error) || parent === path || isThere(parent)) throw error;
    makeFolderSync(parent, mode);
    makeFolderSync(path, mode);
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (there) => there.isDirectory(),
    () => false,
  );
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
