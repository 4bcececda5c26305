import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseWarninglist, type Warninglist } from "../../curation/warninglists/warninglist.ts";
import type { Json } from "../../misp/coerce.ts";
import { makeFolder } from "../../state/make-folder.ts";
import { removeLeftovers, replaceFile } from "../../state/replace-file.ts";

/** A list as it was fetched from MISP. */
export interface Fetched {
  list: Warninglist;
  /** How MISP's index had it then. */
  header: string;
  /** Milliseconds. */
  at: number;
}

/** A copy on disk, under MISP's number of the list, or why it cannot be read. */
export interface Copy {
  name: string;
  copy?: { id: number; fetched: Fetched };
  error?: unknown;
}

/** Copies of MISP's warninglists, a file each: a courier that starts while MISP is down still knows what it must not send. */
export class WarninglistCopies {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder, and reads what is in it; what a kill cut short goes, which may be megabytes each time. */
  async open(): Promise<Copy[]> {
    await makeFolder(this.#directory, 0o700);
    await removeLeftovers(this.#directory);
    return readCopies(this.#directory);
  }

  async keep(id: number, { header, at }: Fetched, body: Json): Promise<void> {
    await replaceFile(join(this.#directory, fileOf(id)), JSON.stringify({ header, at, body }), 0o600);
  }

  async drop(id: number): Promise<void> {
    await this.discard(fileOf(id));
  }

  async discard(name: string): Promise<void> {
    await rm(join(this.#directory, name), { force: true });
  }
}

/** Reads the copies in a folder and changes nothing; none where there is no folder. In the order of their lists' numbers. */
export async function readCopies(directory: string): Promise<Copy[]> {
  const names = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith(".json"));
  const copies = await Promise.all(names.map((name) => readCopy(directory, name)));
  return copies.sort((one, other) => (one.copy?.id ?? 0) - (other.copy?.id ?? 0));
}

async function readCopy(directory: string, name: string): Promise<Copy> {
  try {
    const { header, at, body } = JSON.parse(await readFile(join(directory, name), "utf8"));
    const id = numberOf(name);
    const list = { ...parseWarninglist(body, name), id };
    return { name, copy: { id, fetched: { list, header: String(header), at: Number(at) } } };
  } catch (error) {
    return { name, error };
  }
}

function fileOf(id: number): string {
  return `${id}.json`;
}

function numberOf(file: string): number {
  const id = Number(file.slice(0, -".json".length));
  if (!Number.isSafeInteger(id) || id < 1) throw new Error("its name is not the number of a list");
  return id;
}
