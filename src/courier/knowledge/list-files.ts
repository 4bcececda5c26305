import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseWarninglist, type Warninglist } from "../../curation/warninglists/warninglist.ts";
import type { ListFileCopies } from "./list-file-copies.ts";
import { writtenText } from "./written-text.ts";

/** Lists in a folder, and what is wrong with it. */
export interface ListFiles {
  /** By their files. */
  lists: ReadonlyMap<string, Warninglist>;
  problems: string[];
  /** Another whenever a file is. */
  state: string;
}

/** Where copies of what can be used are; whoever only looks keeps none. */
type Copies = Pick<ListFileCopies, "of"> & Partial<Pick<ListFileCopies, "keep">>;

/**
 * Reads `<name>/list.json` and `<name>.json` in a folder; a folder that does not exist holds none.
 * @param former what was read before: of a file that is broken now, its list stays, and of a folder that cannot be read, all of them
 * @param copies where what was read before the last start is
 */
export async function readListFiles(
  directory: string,
  former: ReadonlyMap<string, Warninglist> = new Map(),
  copies?: Copies,
): Promise<ListFiles> {
  const state = await listFilesState(directory);
  const lists = new Map<string, Warninglist>();
  const problems: string[] = [];
  const files = await listFiles(directory).catch((error) => codeOf(error));
  if (typeof files === "string")
    return { lists: former, problems: unreadable(directory, files, former.size > 0), state };
  for (const { name, path } of files) {
    try {
      const content = await readFile(path);
      lists.set(path, listIn(content, name));
      await copies
        ?.keep?.(path, content)
        .catch((error) => problems.push(`${path}: no copy of it can be kept (${codeOf(error)})`));
    } catch (error) {
      const known = former.get(path) ?? (await copyOf(path, name, copies));
      if (known) lists.set(path, known);
      problems.push(`${path}: ${reasonOf(error)}${known ? "; its list stays as it was" : ""}`);
    }
  }
  return { lists, problems, state };
}

function listIn(content: Buffer, name: string): Warninglist {
  return parseWarninglist(JSON.parse(writtenText(content)), name);
}

async function copyOf(path: string, name: string, copies: Copies | undefined): Promise<Warninglist | undefined> {
  const content = await copies?.of(path);
  try {
    return content && listIn(content, name);
  } catch {
    // A copy that is damaged, or that a newer version wrote, is none.
    return undefined;
  }
}

/** A folder that never was there is none to speak of. */
function unreadable(directory: string, code: string, isKnown: boolean): string[] {
  if (code === "ENOENT" && !isKnown) return [];
  const reason = code === "ENOENT" ? "it is not there any more" : `it cannot be read (${code})`;
  return [`${directory}: ${reason}${isKnown ? "; its lists stay as they were" : ""}`];
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "it is not valid JSON";
  return String(error instanceof Error ? error.message : error);
}

/** Changes whenever a file is added, taken away or written. Cheap enough to be asked every few seconds. */
export async function listFilesState(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const { path } of await listFiles(directory).catch(() => [])) {
    const { mtimeMs, size, ino } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0, ino: 0 }));
    hash.update(`${path} ${mtimeMs} ${size} ${ino}\n`);
  }
  return hash.digest("base64url");
}

/** What says that there is no such file; of everything else it is only not known what is in it. */
const GONE = ["ENOENT", "ENOTDIR"];

async function listFiles(directory: string): Promise<{ name: string; path: string }[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = entries.map((entry) => {
    // A link may lead to a folder, too.
    const isFile = !entry.isDirectory() && entry.name.endsWith(".json");
    if (isFile) return { name: entry.name.slice(0, -".json".length), path: join(directory, entry.name) };
    return { name: entry.name, path: join(directory, entry.name, "list.json") };
  });
  const there = await Promise.all(
    files.map(({ path }) =>
      stat(path).then(
        () => true,
        (error) => !GONE.includes(codeOf(error)),
      ),
    ),
  );
  return files.filter((_, index) => there[index]).sort((one, other) => (one.path < other.path ? -1 : 1));
}
