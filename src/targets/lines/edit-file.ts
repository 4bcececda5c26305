import { access, readFile, stat } from "node:fs/promises";
import { makeFolder } from "../../state/make-folder.ts";
import { exchangeFile, removeLeftovers, syncDirectory } from "../../state/replace-file.ts";
import { NotNow } from "../target.ts";

// Readable for the web server or firewall that fetches the file.
const MODE = { file: 0o644, folder: 0o755 };

/**
 * Brings a file from its content (`undefined`: there is none) to what `edit` makes of it; where that is `undefined` the
 * file is not touched. On disk to stay once {@link settleDirectory} has returned.
 * @param signal once it is aborted the file stays as it is: a disk that stood still may go on long after another try was made
 * @throws NotNow when the file system does not let us
 */
export async function editFile(
  path: string,
  edit: (content: Buffer | undefined) => Uint8Array | undefined | Promise<Uint8Array | undefined>,
  signal?: AbortSignal,
): Promise<void> {
  await orNotNow(`cannot replace ${path}`, async () => {
    const content = await edit(await readIfThere(path));
    if (content === undefined) return;
    // Who may read it was perhaps settled by hand.
    const former = await stat(path).catch(() => undefined);
    await exchangeFile(path, content, former ?? MODE.file, signal);
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

/** Whether there is no such file, or one without a single byte. */
export async function isBlank(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size === 0;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return true;
    throw error;
  }
}

/**
 * Makes a directory ready: creates it with its parents, removes what an interrupted replacement left in it.
 * @throws NotNow when the file system does not let us
 */
export async function prepareDirectory(directory: string): Promise<void> {
  await orNotNow(`cannot prepare ${directory}`, async () => {
    await makeFolder(directory, MODE.folder);
    await removeLeftovers(directory);
  });
}

/**
 * Makes sure that a directory is there: without it a file that is missing must not pass for one that is empty.
 * @throws NotNow when it is not
 */
export async function requireDirectory(directory: string): Promise<void> {
  await orNotNow(`cannot use ${directory}`, () => access(directory));
}

/**
 * Makes what was done to files of a directory outlast a crash of the machine: once for all of them, since each time is a wait for the disk.
 * It must be there: one that went away meanwhile looked as if it held nothing.
 * @throws NotNow when the file system does not let us
 */
export async function settleDirectory(directory: string): Promise<void> {
  await orNotNow(`cannot use ${directory}`, () => syncDirectory(directory));
}

/**
 * Does something with files.
 * @param failure what cannot be done if it fails
 * @throws NotNow when the file system does not let us
 */
export async function orNotNow<Result>(failure: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
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
