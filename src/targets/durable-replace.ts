import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { NotNow } from "./target.ts";

// Readable for the web server or firewall that fetches the file, whatever the umask of the service is.
const MODE = 0o644;
const LEFTOVER = /^\..+\.[0-9a-f]{12}\.courier$/;

/**
 * Replaces a file so that readers see the old content or the new, never a part, also after a crash of the machine.
 * Leaves no temporary file behind when it fails.
 */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.courier`);
  try {
    await writeDurably(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/**
 * Brings a file from its content (`undefined`: there is none) to what `edit` makes of it; where that is `undefined` the
 * file is not touched.
 * @throws NotNow when the file system does not let us
 */
export async function editFile(
  path: string,
  edit: (content: Buffer | undefined) => Uint8Array | undefined | Promise<Uint8Array | undefined>,
): Promise<void> {
  await orNotNow(`cannot replace ${path}`, async () => {
    const content = await edit(await readIfThere(path));
    if (content !== undefined) await replaceFile(path, content);
  });
}

/** The content of a file, or `undefined` when there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Makes a directory ready: creates it with its parents, removes what an interrupted `replaceFile` left in it.
 * @throws NotNow when the file system does not let us
 */
export async function prepareDirectory(directory: string): Promise<void> {
  await orNotNow(`cannot prepare ${directory}`, async () => {
    await mkdir(directory, { recursive: true });
    const leftovers = (await readdir(directory)).filter((name) => LEFTOVER.test(name));
    await Promise.all(leftovers.map((name) => rm(join(directory, name), { force: true })));
  });
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, "wx", MODE);
  try {
    await file.chmod(MODE);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function orNotNow(failure: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Error) || codeOf(error) === undefined) throw error;
    // Node's text goes on with the call and the temporary path, which help nobody.
    const [reason] = error.message.split(",");
    throw new NotNow(`${failure}: ${reason}`, { cause: error });
  }
}

/** The code of a file system error, such as `ENOSPC`; `undefined` for any other error. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
