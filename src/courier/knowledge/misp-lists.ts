import { parseWarninglist, type Warninglist } from "../../curation/warninglists/warninglist.ts";
import type { Logger } from "../../log.ts";
import type { MispClient } from "../../misp/client.ts";
import type { Json } from "../../misp/coerce.ts";
import { MispError } from "../../misp/errors.ts";
import { type EnabledList, enabledLists, isDisabled, listBody } from "../../misp/warninglist-source.ts";
import { type Fetched, WarninglistCopies } from "./warninglist-copies.ts";

export interface MispListsOptions {
  client: MispClient;
  /** Where the copies are. */
  directory: string;
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
}

/** What a refresh left undone. */
export interface Refreshed {
  /** Why some list stays as it is; `undefined`: none of them failed. */
  failure?: unknown;
  /** MISP is still writing some list: ask again in a moment. */
  unsettled: boolean;
}

/** An import may change a list's entries, and neither its version nor their number: all are fetched anew once a day, milliseconds. */
const LASTS = 24 * 3_600_000;
/** A list that names no types, and that MISP tells of in the same words for so long, is not being written, milliseconds. */
const SETTLED = 4_000;

/** The warninglists that are enabled in MISP, with a copy of each on disk. */
export class MispLists {
  readonly #options: MispListsOptions;
  readonly #copies: WarninglistCopies;
  /** By MISP's numbers. */
  readonly #lists = new Map<number, Fetched>();
  /** Lists that MISP says have changed, perhaps without another version. */
  readonly #stale = new Set<number>();
  /** Lists of which MISP said last that they are disabled. */
  readonly #disabled = new Set<number>();
  /** Lists that MISP may still be writing: since when its index has them as it does, milliseconds. */
  readonly #unsettled = new Map<number, { header: string; since: number }>();

  constructor(options: MispListsOptions) {
    this.#options = options;
    this.#copies = new WarninglistCopies(options.directory);
  }

  /** In the order of their numbers. */
  get lists(): Warninglist[] {
    return [...this.#lists].sort(([one], [other]) => one - other).map(([, { list }]) => list);
  }

  /** Reads the copies. */
  async open(): Promise<void> {
    for (const { name, copy, error } of await this.#copies.open()) {
      if (copy) this.#lists.set(copy.id, copy.fetched);
      else {
        this.#options.log.warn("The copy of a warninglist cannot be read and is fetched again", { file: name, error });
        await this.#copies.discard(name);
      }
    }
  }

  /** MISP said that a list changed. */
  changed(id: number, enabled: boolean): void {
    this.#stale.add(id);
    if (enabled) this.#disabled.delete(id);
    else this.#disabled.add(id);
  }

  /**
   * Fetches what is new or changed, and drops what is no longer enabled.
   * @throws MispError when MISP cannot be asked at all
   */
  async refresh(signal: AbortSignal): Promise<Refreshed> {
    const enabled = await enabledLists(this.#options.client, signal);
    const refreshed: Refreshed = { unsettled: false };
    const attempt = async (work: () => Promise<void>) => {
      try {
        await work();
      } catch (error) {
        // One list that MISP cannot get together is no reason to go without the others.
        if (!(error instanceof MispError) || error.meaning === "unreachable") throw error;
        refreshed.failure ??= error;
      }
    };
    for (const id of this.#missing(enabled)) await attempt(() => this.#dropDisabled(id, enabled.length === 0, signal));
    for (const list of enabled.filter((one) => this.#isOld(one))) {
      await attempt(async () => {
        const settled = this.#isSettled(list) && (await this.#fetch(list, signal));
        refreshed.unsettled ||= !settled;
      });
    }
    return refreshed;
  }

  #missing(enabled: readonly EnabledList[]): number[] {
    const ids = new Set(enabled.map(({ id }) => id));
    for (const id of ids) this.#disabled.delete(id);
    return [...this.#lists.keys()].filter((known) => !ids.has(known));
  }

  #isOld({ id, header }: EnabledList): boolean {
    const known = this.#lists.get(id);
    return (
      !known || known.header !== header || this.#stale.has(id) || Math.abs(this.#options.clock() - known.at) >= LASTS
    );
  }

  /**
   * Whether a list is all there. MISP updates one by deleting its entries and types, then writing the entries piece by piece and
   * its types at last: with a large one that takes minutes, in which half of what is to be kept away would be let through.
   */
  #isSettled({ id, header, typeless }: EnabledList): boolean {
    const known = this.#lists.get(id);
    // Of a list that is new, a part is better than nothing.
    if (!typeless || !known || known.header === header) return true;
    const now = this.#options.clock();
    const seen = this.#unsettled.get(id);
    if (seen?.header === header) return seen.since + SETTLED <= now;
    this.#unsettled.set(id, { header, since: now });
    return false;
  }

  /** @returns false when MISP is just writing it */
  async #fetch(list: EnabledList, signal: AbortSignal): Promise<boolean> {
    const { client, log } = this.#options;
    const isPart = list.typeless && !this.#lists.has(list.id);
    // What MISP says while the list is under way is about a later state of it.
    const wasStale = this.#stale.delete(list.id);
    let taken = false;
    try {
      const at = this.#options.clock();
      const body = await listBody(client, list, signal);
      if (body) await this.#take(list, body, at);
      taken = body !== undefined;
      return taken && !isPart;
    } catch (error) {
      if (error instanceof MispError || signal.aborted) throw error;
      log.warn("A warninglist of MISP cannot be used", { list: list.name, error });
      return true;
    } finally {
      if (wasStale && !taken) this.#stale.add(list.id);
    }
  }

  async #take({ id, name, header }: EnabledList, body: Json, at: number): Promise<void> {
    const fetched = { list: { ...parseWarninglist(body, name), id }, header, at };
    this.#lists.set(id, fetched);
    this.#unsettled.delete(id);
    await this.#copies.keep(id, fetched, body);
  }

  /** @param empty MISP's index had no list at all, which alone says nothing */
  async #dropDisabled(id: number, empty: boolean, signal: AbortSignal): Promise<void> {
    const name = this.#lists.get(id)?.list.name ?? "";
    const believed = !empty || this.#disabled.has(id) || (await isDisabled(this.#options.client, { id, name }, signal));
    if (!believed) {
      this.#options.log.warn("MISP tells of no warninglists, yet has this one; it stays", { list: name });
      return;
    }
    this.#lists.delete(id);
    this.#stale.delete(id);
    this.#unsettled.delete(id);
    await this.#copies.drop(id);
  }
}
