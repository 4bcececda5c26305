import { NotNow } from "../target.ts";
import type { Element, SetChange, SetsApi, Unwanted } from "./api.ts";
import { elementIn } from "./classic.ts";
import { fieldsOf, listIn, type QradarClient } from "./client.ts";
import { Misfits, unplaced } from "./fit.ts";
import { inBody, pages } from "./pages.ts";
import type { ReferenceSet } from "./sets.ts";
import { BulkUpdates, type Update } from "./tasks.ts";

const SETS = "/reference_data_collections/sets";
const ENTRIES = "/reference_data_collections/set_entries";
/** What the console shows as an entry's source. */
export const SOURCE = "misp-courier";
const DAY = 86_400_000;

interface There {
  id: number;
  kind: unknown;
}

/** The API of newer consoles: additions and removals of all sets in one call, which the console works off by itself. */
export class CollectionSets implements SetsApi {
  readonly #client: QradarClient;
  readonly #updates: BulkUpdates;
  /** The console's numbers of the sets, and the kind of their elements, by name. */
  readonly #there = new Map<string, There>();
  /** The names of all that were there once. */
  readonly #seen = new Set<string>();

  constructor(client: QradarClient) {
    this.#client = client;
    this.#updates = new BulkUpdates(client);
  }

  async change(changes: readonly SetChange[], signal: AbortSignal): Promise<readonly Unwanted[]> {
    // A task of a try that was given up must not have its effect after this one.
    await this.#updates.settle(signal);
    const updates: Update[] = [];
    const unwanted: Unwanted[] = [];
    const misfits = new Misfits();
    for (const { set, hold, drop } of changes) {
      const there = hold.length > 0 ? await this.#ensure(set, misfits, signal) : await this.#find(set.name, signal);
      // Of a set that is not there nothing is held.
      if (there === undefined || typeof there === "string") {
        unwanted.push(...unplaced(hold, there));
        continue;
      }
      const entry = { collection_id: there.id };
      for (const item of drop) updates.push({ item, body: { ...entry, value: item.value, delete_entry: true } });
      for (const item of misfits.without(hold, set, there.kind)) {
        updates.push({ item, body: { ...entry, value: item.value, source: SOURCE } });
      }
    }
    try {
      if (updates.length > 0) unwanted.push(...(await this.#updates.apply(updates, signal)));
      misfits.tell();
      return unwanted;
    } catch (error) {
      // Whatever went wrong, a set may have been removed since: its number is asked for again.
      this.#there.clear();
      throw error;
    }
  }

  async lost(concerns: (name: string) => boolean, signal: AbortSignal): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const name of [...this.#seen].filter(concerns)) {
      if ((await this.#find(name, signal)) === undefined) lost.push(name);
    }
    for (const name of lost) this.#seen.delete(name);
    return lost;
  }

  async names(concerns: (name: string) => boolean, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#sets(concerns, signal)).map(({ name }) => name);
  }

  async *list(concerns: (name: string) => boolean, signal: AbortSignal) {
    for (const { id, name } of await this.#sets(concerns, signal)) yield* this.#entries(id, name, signal);
  }

  async #sets(concerns: (name: string) => boolean, signal: AbortSignal): Promise<{ id: number; name: string }[]> {
    const sets: { id: number; name: string }[] = [];
    const request = { path: SETS, query: { fields: "id,name" } };
    for await (const page of pages(this.#client, request, inBody("list of sets"), signal)) {
      for (const { id, name } of page.map(fieldsOf)) {
        if (typeof name === "string" && typeof id === "number" && concerns(name)) sets.push({ id, name });
      }
    }
    return sets;
  }

  async *#entries(
    id: number,
    name: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ name: string; elements: Element[] }> {
    const query = { filter: `collection_id=${id}`, fields: "value,source" };
    for await (const page of pages(this.#client, { path: ENTRIES, query }, inBody("list of entries"), signal)) {
      yield { name, elements: page.flatMap(elementIn) };
    }
  }

  async #find(name: string, signal: AbortSignal): Promise<There | undefined> {
    const known = this.#there.get(name);
    if (known !== undefined) return known;
    // No name of ours holds a quote.
    const query = { filter: `name="${name}"`, fields: "id,name,entry_type" };
    const { body } = await this.#client.call({ method: "GET", path: SETS, query }, signal);
    const found = listIn(body, "list of sets")
      .map(fieldsOf)
      .find((set) => set.name === name);
    if (found === undefined || typeof found.id !== "number") return undefined;
    return this.#know(name, { id: found.id, kind: found.entry_type });
  }

  /** Makes a set unless it is there; or returns why its values can never be taken, or nothing, where they wait. */
  async #ensure(set: ReferenceSet, misfits: Misfits, signal: AbortSignal): Promise<There | string | undefined> {
    const known = await this.#find(set.name, signal);
    if (known !== undefined) return known;
    const { name, element, days } = set;
    // Milliseconds, as its other times: the reference names no unit, and taken for any other one it lives longer, not shorter.
    const expiry =
      days === null ? { expiry_type: "NO_EXPIRY" } : { expiry_type: "LAST_SEEN", time_to_live: days * DAY };
    const body = { name, entry_type: element, namespace: "SHARED", expired_log_option: "LOG_NONE", ...expiry };
    const reply = await this.#client.call({ method: "POST", path: SETS, body }, signal);
    const { id } = fieldsOf(reply.body);
    if (typeof id === "number" && !reply.problem) return this.#know(name, { id, kind: element });
    // Somebody may have made it in the same moment.
    const made = reply.status === 409 ? await this.#find(set.name, signal) : undefined;
    if (made !== undefined) return made;
    if (!reply.problem) throw new NotNow(`the console gives the set ${name} no number: is this QRadar?`);
    return misfits.unmade(set, reply);
  }

  #know(name: string, there: There): There {
    this.#seen.add(name);
    this.#there.set(name, there);
    return there;
  }
}
