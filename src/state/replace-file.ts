import { randomBytes } from "node:crypto";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const LEFTOVER = /^\..+\.[0-9a-f]{12}\.courier$/;

/**
 * Replaces a file so that readers see the old content or the new, never a part, also after a crash of the machine.
 * Leaves no temporary file behind when it fails.
 * @param mode the permissions of the new file, whatever the umask is
 */
export async function replaceFile(path: string, content: Uint8Array | string, mode: number): Promise<void> {
  await exchangeFile(path, content, mode);
  await syncDirectory(dirname(path));
}

/** As {@link replaceFile}, for one of several in a directory: a crash of the machine may bring the old one back until that is synced. */
export async function exchangeFile(path: string, content: Uint8Array | string, mode: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.courier`);
  try {
    await writeDurably(temporary, content, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Removes what a `replaceFile` that was interrupted by a crash left in a directory. */
export async function removeLeftovers(directory: string): Promise<void> {
  const leftovers = (await readdir(directory)).filter((name) => LEFTOVER.test(name));
  await Promise.all(leftovers.map((name) => rm(join(directory, name), { force: true })));
}

async function writeDurably(path: string, content: Uint8Array | string, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes sure that a crash of the machine takes back nothing of what was done to the names in a directory. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
