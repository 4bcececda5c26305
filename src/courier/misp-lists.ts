import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseWarninglist, type Warninglist } from "../curation/warninglists/warninglist.ts";
import type { Logger } from "../log.ts";
import type { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { type EnabledList, enabledLists, listBody } from "../misp/warninglist-source.ts";
import { replaceFile } from "../state/replace-file.ts";

export interface MispListsOptions {
  client: MispClient;
  /** Where the copies are. */
  directory: string;
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
}

/** A list as it was fetched. */
interface Fetched {
  list: Warninglist;
  /** How MISP's index had it then. */
  header: string;
  /** Milliseconds. */
  at: number;
}

/** An import may change a list's entries, and neither its version nor their number: all are fetched anew once a day, milliseconds. */
const LASTS = 24 * 3_600_000;

/**
 * The warninglists that are enabled in MISP, with a copy of each on disk: a courier that starts while MISP is down still knows
 * what it must not send.
 */
export class MispLists {
  readonly #options: MispListsOptions;
  /** By MISP's numbers. */
  readonly #lists = new Map<number, Fetched>();
  /** Lists that MISP says have changed, perhaps without another version. */
  readonly #stale = new Set<number>();

  constructor(options: MispListsOptions) {
    this.#options = options;
  }

  /** In the order of their numbers. */
  get lists(): Warninglist[] {
    return [...this.#lists].sort(([one], [other]) => one - other).map(([, { list }]) => list);
  }

  /** Reads the copies. */
  async open(): Promise<void> {
    const { directory, log } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const { name, copy, error } of await readCopies(directory)) {
      if (copy) this.#lists.set(copy.id, copy.fetched);
      else {
        log.warn("The copy of a warninglist cannot be read and is fetched again", { file: name, error });
        await rm(join(directory, name), { force: true });
      }
    }
  }

  /** MISP said that a list changed. */
  changed(id: number): void {
    this.#stale.add(id);
  }

  /**
   * Fetches what is new or changed, and drops what is no longer enabled.
   * @returns why some list could not be fetched, and stays as it is; `undefined`: all were
   * @throws MispError when MISP cannot be asked at all
   */
  async refresh(signal: AbortSignal): Promise<unknown> {
    const enabled = await enabledLists(this.#options.client, signal);
    const ids = new Set(enabled.map(({ id }) => id));
    for (const id of [...this.#lists.keys()].filter((known) => !ids.has(known))) await this.#drop(id);
    let failure: unknown;
    for (const list of enabled.filter((one) => this.#isOld(one))) {
      try {
        await this.#fetch(list, signal);
      } catch (error) {
        // One list that MISP cannot get together is no reason to go without the others.
        if (!(error instanceof MispError) || error.meaning === "unreachable") throw error;
        failure ??= error;
      }
    }
    return failure;
  }

  #isOld({ id, header }: EnabledList): boolean {
    const known = this.#lists.get(id);
    return !known || known.header !== header || this.#stale.has(id) || known.at + LASTS <= this.#options.clock();
  }

  async #fetch(list: EnabledList, signal: AbortSignal): Promise<void> {
    const { client, directory, log, clock } = this.#options;
    // What MISP says while the list is under way is about a later state of it.
    const wasStale = this.#stale.delete(list.id);
    try {
      const at = clock();
      const body = await listBody(client, list, signal);
      const { id, header } = list;
      this.#lists.set(id, { list: { ...parseWarninglist(body, list.name), id }, header, at });
      await replaceFile(join(directory, fileOf(id)), JSON.stringify({ header, at, body }), 0o600);
    } catch (error) {
      if (wasStale) this.#stale.add(list.id);
      if (error instanceof MispError || signal.aborted) throw error;
      log.warn("A warninglist of MISP cannot be used", { list: list.name, error });
    }
  }

  async #drop(id: number): Promise<void> {
    this.#lists.delete(id);
    this.#stale.delete(id);
    await rm(join(this.#options.directory, fileOf(id)), { force: true });
  }
}

interface Copy {
  name: string;
  copy?: { id: number; fetched: Fetched };
  error?: unknown;
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
