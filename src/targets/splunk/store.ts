import type { RestAnswer } from "../../rest/rest.ts";
import type { Ask } from "../rest-target.ts";
import { NotNow, Refused } from "../target.ts";
import type { Tell } from "../tell.ts";
import { failureOf, fieldOf, isDone, wordsOf } from "./answers.ts";
import { type DocumentKey, deletionOf, portions } from "./deletion.ts";
import { batches, type Limits, limitsIn, type Serialized, tighter } from "./limits.ts";

export interface StoreOptions {
  app: string;
  ask: Ask;
  tell: Tell;
  /** Unix milliseconds. */
  clock: () => number;
}

/** Splunk does not let this collection be made; those that are there can be used. */
export class Unmade extends NotNow {}

/** A document as it is read back. */
export type Document = Readonly<Record<string, unknown>>;

const JSON_BODY = { "Content-Type": "application/json" };
const FORM_BODY = { "Content-Type": "application/x-www-form-urlencoded" };

/**
 * The KV store of one app. Every method throws `NotNow` when Splunk cannot do it now, and begins with asking which
 * collections and limits there are when that is not known, or was found wrong.
 */
export class KvStore {
  readonly #options: StoreOptions;
  readonly #root: string;
  #limits: Limits | undefined;
  #collections: Set<string> | undefined;
  /** Somebody may have taken collections away: while nothing ran, or since one was not where it had been. */
  #suspicious = true;

  constructor(options: StoreOptions) {
    this.#options = options;
    // Collections belong to nobody: in any user's own namespace there are none.
    this.#root = `/servicesNS/nobody/${options.app}/storage/collections`;
  }

  /** The app's collections, as they are now. */
  async collections(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const query = { count: 0, output_mode: "json" };
    const answer = await this.#ask({ method: "GET", path: `${this.#root}/config`, query }, signal);
    if (!isDone(answer)) throw this.#failure(answer, `list the collections of app ${this.#options.app}`);
    const entries = fieldOf(answer.body, "entry");
    if (!Array.isArray(entries)) throw new NotNow("what answers is no KV store: it lists no collections");
    // Collections of other apps that are shared with all stand in the list, too. One that does not say whose it is must not
    // pass for missing: what is to be deleted from it would count as gone.
    const isOwn = (app: unknown) => app === undefined || app === this.#options.app;
    const own = entries.filter((entry) => isOwn(fieldOf(fieldOf(entry, "acl"), "app")));
    this.#collections = new Set(own.map((entry) => String(fieldOf(entry, "name"))));
    return this.#collections;
  }

  async has(collection: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#known(signal)).has(collection);
  }

  /** Which of these are not there; looked for only where there is a reason to. */
  async lost(collections: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    if (!this.#suspicious || collections.length === 0) return [];
    const there = await this.collections(signal);
    this.#suspicious = false;
    return collections.filter((collection) => !there.has(collection));
  }

  /**
   * Inserts documents, or replaces those with the same key; makes the collection where there is none.
   * @param fieldTypes of a collection that is made
   * @throws Unmade when there is none, and Splunk refuses to make it
   * @throws Refused when Splunk refuses a batch without naming the document at fault
   */
  async save(
    collection: string,
    documents: readonly Serialized[],
    fieldTypes: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#require(collection, fieldTypes, signal);
    const queue = batches(documents, await this.#askedLimits(signal));
    for (let batch = queue.shift(); batch; batch = queue.shift()) {
      const limits = await this.#saveBatch(collection, batch, signal);
      if (limits) queue.unshift(...batches(batch, limits));
    }
  }

  /** Removes the documents with these keys; those that are not there are gone already. */
  async remove(collection: string, keys: readonly DocumentKey[], signal: AbortSignal): Promise<void> {
    if (keys.length === 0 || !(await this.#known(signal)).has(collection)) return;
    for (const portion of portions(keys)) {
      const answer = await this.#ask(deletionOf(this.#data(collection), portion), signal);
      if (!isDone(answer)) throw this.#failure(answer, `delete from collection ${collection}`);
    }
  }

  /** All documents of a collection whose keys come after one, a page at a time, in the order of their keys. */
  async *pages(collection: string, signal: AbortSignal, after = ""): AsyncGenerator<readonly Document[]> {
    const { rows } = await this.#askedLimits(signal);
    // By key and not by number: what others insert or delete meanwhile hides nothing. And until a page is empty, since
    // Splunk cuts a page that is too large for it without a word.
    for (let reached = after; ; ) {
      const query = { query: JSON.stringify({ _key: { $gt: reached } }), sort: "_key", limit: rows };
      const answer = await this.#ask({ method: "GET", path: this.#data(collection), query }, signal);
      if (!isDone(answer)) throw this.#failure(answer, `read collection ${collection}`);
      const page: unknown = answer.body;
      if (!Array.isArray(page)) throw new NotNow(`the answer of collection ${collection} is no list of documents`);
      if (page.length === 0) return;
      const last = fieldOf(page.at(-1), "_key");
      if (typeof last !== "string" || last === reached) throw new NotNow(`collection ${collection} has no order`);
      yield page;
      reached = last;
    }
  }

  /** @returns tighter limits, if the batch was too large and has to be split */
  async #saveBatch(collection: string, batch: readonly Serialized[], signal: AbortSignal): Promise<Limits | undefined> {
    // As bytes: a text that is to be JSON would be parsed once more before it goes out.
    const body = Buffer.from(`[${batch.map(({ text }) => text).join(",")}]`);
    const path = `${this.#data(collection)}/batch_save`;
    const answer = await this.#ask({ method: "POST", path, body, headers: JSON_BODY }, signal);
    if (isDone(answer)) {
      this.#expectKeys(collection, batch, answer.body);
      return undefined;
    }
    const limits = tighter(await this.#askedLimits(signal), batch, answer);
    if (limits) {
      this.#limits = limits;
      return limits;
    }
    const doing = `write to collection ${collection}`;
    // A page is no word of Splunk's about what was sent.
    if ((answer.status === 400 && !answer.garbled) || answer.status === 413)
      throw new Refused(`Splunk refuses to ${doing}: ${this.#options.tell(wordsOf(answer)) || answer.status}`);
    throw this.#failure(answer, doing);
  }

  #expectKeys(collection: string, batch: readonly Serialized[], answered: unknown): void {
    const saved = new Set(Array.isArray(answered) ? answered : []);
    const lost = batch.filter(({ key }) => !saved.has(key));
    if (lost.length > 0)
      throw new NotNow(
        `Splunk does not say that it holds ${lost.length} of ${batch.length} documents in ${collection}`,
      );
  }

  async #require(collection: string, fieldTypes: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    const known = await this.#known(signal);
    if (known.has(collection)) return;
    const form = new URLSearchParams({ name: collection, "accelerated_fields.value": '{"value": 1}' });
    for (const [field, type] of Object.entries(fieldTypes)) form.set(`field.${field}`, type);
    const request = {
      method: "POST",
      path: `${this.#root}/config`,
      query: { output_mode: "json" },
      headers: FORM_BODY,
    };
    const answer = await this.#ask({ ...request, body: form.toString() }, signal);
    // 409: another member of the search head cluster, or a person, was quicker.
    if (!isDone(answer) && answer.status !== 409) {
      const failure = this.#failure(answer, `create collection ${collection}`);
      throw !answer.garbled && [400, 403].includes(answer.status) ? new Unmade(failure.message) : failure;
    }
    this.#collections?.add(collection);
  }

  async #known(signal: AbortSignal): Promise<ReadonlySet<string>> {
    return this.#collections ?? (await this.collections(signal));
  }

  async #askedLimits(signal: AbortSignal): Promise<Limits> {
    if (this.#limits) return this.#limits;
    const path = "/services/configs/conf-limits/kvstore";
    const answer = await this.#ask({ method: "GET", path, query: { output_mode: "json" } }, signal);
    // A role may well not be allowed to read them, or an old release not have them.
    const isTelling = isDone(answer) || [400, 403, 404].includes(answer.status);
    if (!isTelling) throw this.#failure(answer, "read the limits of the KV store");
    this.#limits = limitsIn(answer);
    return this.#limits;
  }

  #ask(...request: Parameters<Ask>): Promise<RestAnswer> {
    return this.#options.ask(...request);
  }

  #failure(answer: RestAnswer, doing: string): NotNow {
    // Whatever was wrong, somebody may mend it by putting the app or a collection there, or taking it away.
    this.#collections = undefined;
    this.#suspicious ||= answer.status === 404;
    return failureOf(answer, doing, this.#options.tell, this.#options.clock());
  }

  #data(collection: string): string {
    return `${this.#root}/data/${encodeURIComponent(collection)}`;
  }
}
