import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseWarninglist, type Warninglist } from "../curation/warninglists/warninglist.ts";

/** Lists in a folder, and what is wrong with it. */
export interface ListFiles {
  /** By their files. */
  lists: ReadonlyMap<string, Warninglist>;
  problems: string[];
  /** Another whenever a file is. */
  state: string;
}

/**
 * Reads `<name>/list.json` and `<name>.json` in a folder; a folder that does not exist holds none.
 * @param former what was read before: of a file that is broken now, its list stays, and of a folder that is gone, all of them
 */
export async function readListFiles(
  directory: string,
  former: ReadonlyMap<string, Warninglist> = new Map(),
): Promise<ListFiles> {
  const state = await listFilesState(directory);
  const lists = new Map<string, Warninglist>();
  const problems: string[] = [];
  if (former.size > 0 && !existsSync(directory)) {
    return { lists: former, problems: [`${directory}: it is not there any more; its lists stay as they were`], state };
  }
  for (const { name, path } of await listFiles(directory)) {
    try {
      lists.set(path, parseWarninglist(JSON.parse(await readFile(path, "utf8")), name));
    } catch (error) {
      const known = former.get(path);
      if (known) lists.set(path, known);
      problems.push(`${path}: ${reasonOf(error)}${known ? "; its list stays as it was" : ""}`);
    }
  }
  return { lists, problems, state };
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "it is not valid JSON";
  return String(error instanceof Error ? error.message : error);
}

/** Changes whenever a file is added, taken away or written. Cheap enough to be asked every few seconds. */
export async function listFilesState(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const { path } of await listFiles(directory)) {
    const { mtimeMs, size, ino } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0, ino: 0 }));
    hash.update(`${path} ${mtimeMs} ${size} ${ino}\n`);
  }
  return hash.digest("base64url");
}

async function listFiles(directory: string): Promise<{ name: string; path: string }[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const files = entries.flatMap((entry) => {
    if (entry.isDirectory()) return [{ name: entry.name, path: join(directory, entry.name, "list.json") }];
    return entry.name.endsWith(".json") ? [{ name: entry.name.slice(0, -5), path: join(directory, entry.name) }] : [];
  });
  const there = await Promise.all(
    files.map(({ path }) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => there[index]).sort((one, other) => (one.path < other.path ? -1 : 1));
}
