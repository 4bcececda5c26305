import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
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

/**
 * As {@link replaceFile}, for one of several in a directory: a crash of the machine may bring the old one back until that is synced.
 * @param like permissions of the new file, or the file whose permissions it takes over, with its owner and group where the system lets us
 * @param signal once it is aborted the file stays as it is
 */
export async function exchangeFile(
  path: string,
  content: Uint8Array | string,
  like: number | Stats,
  signal?: AbortSignal,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.courier`);
  try {
    await writeDurably(temporary, content, like);
    signal?.throwIfAborted();
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

async function writeDurably(path: string, content: Uint8Array | string, like: number | Stats): Promise<void> {
  const mode = typeof like === "number" ? like : like.mode & 0o777;
  const file = await open(path, "wx", mode);
  try {
    if (typeof like !== "number") await bestow(file, like);
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

/** Gives a file an owner and a group, each by itself: who may not give files away may still give them to a group of their own. */
async function bestow(file: FileHandle, { uid, gid }: Stats): Promise<void> {
  await file.chown(-1, gid).catch(() => undefined);
  await file.chown(uid, -1).catch(() => undefined);
}
