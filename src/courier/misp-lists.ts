import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseWarninglist, type Warninglist } from "../curation/warninglists/warninglist.ts";
import type { Logger } from "../log.ts";
import type { MispClient } from "../misp/client.ts";
import { type EnabledList, enabledLists, listBody } from "../misp/warninglist-source.ts";
import { replaceFile } from "../state/replace-file.ts";

/**
 * The warninglists that are enabled in MISP, with a copy of each on disk: a courier that starts while MISP is down still knows
 * what it must not send.
 */
export class MispLists {
  readonly #client: MispClient;
  readonly #directory: string;
  readonly #log: Logger;
  /** By file name, which holds number and version. */
  readonly #lists = new Map<string, Warninglist>();
  /** Lists that MISP says have changed, perhaps without another version. */
  readonly #stale = new Set<number>();

  constructor(client: MispClient, directory: string, log: Logger) {
    this.#client = client;
    this.#directory = directory;
    this.#log = log;
  }

  get lists(): Warninglist[] {
    return [...this.#lists.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, list]) => list);
  }

  /** Reads the copies. */
  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const { name, list, error } of await readCopies(this.#directory)) {
      if (list) this.#lists.set(name, list);
      else {
        this.#log.warn("The copy of a warninglist cannot be read and is fetched again", { file: name, error });
        await rm(join(this.#directory, name), { force: true });
      }
    }
  }

  /** MISP said that a list changed. */
  changed(id: number): void {
    this.#stale.add(id);
  }

  /**
   * Fetches what is new or changed, and drops what is no longer enabled.
   * @throws MispError when MISP cannot be asked; the lists stay as they are
   */
  async refresh(signal: AbortSignal): Promise<void> {
    const enabled = await enabledLists(this.#client, signal);
    const names = new Set(enabled.map(fileOf));
    for (const list of enabled) {
      if (this.#lists.has(fileOf(list)) && !this.#stale.has(list.id)) continue;
      await this.#fetch(list, signal);
      this.#stale.delete(list.id);
    }
    for (const name of [...this.#lists.keys()].filter((known) => !names.has(known))) {
      this.#lists.delete(name);
      await rm(join(this.#directory, name), { force: true });
    }
  }

  async #fetch(list: EnabledList, signal: AbortSignal): Promise<void> {
    const body = await listBody(this.#client, list, signal);
    try {
      this.#lists.set(fileOf(list), parseWarninglist(body, list.name));
      await replaceFile(join(this.#directory, fileOf(list)), JSON.stringify(body), 0o600);
    } catch (error) {
      this.#log.warn("A warninglist of MISP cannot be used", { list: list.name, error });
    }
  }
}

interface Copy {
  name: string;
  list?: Warninglist;
  error?: unknown;
}

/** Reads the copies in a folder and changes nothing; none where there is no folder. */
export async function readCopies(directory: string): Promise<Copy[]> {
  const names = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => {
      try {
        return { name, list: parseWarninglist(JSON.parse(await readFile(join(directory, name), "utf8")), name) };
      } catch (error) {
        return { name, error };
      }
    }),
  );
}

function fileOf({ id, version }: EnabledList): string {
  return `${id}-${version}.json`;
}
