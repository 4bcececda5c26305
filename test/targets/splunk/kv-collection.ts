import { randomBytes } from "node:crypto";
import { BadQuery, isRecord, matches, projected, type Stored, sorted } from "./kv-query.ts";

/** An answer other than success; the text stands in `messages`. */
export class Failure extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** What limits.conf says of the KV store. */
export interface KvLimits {
  max_documents_per_batch_save: number;
  max_size_per_batch_save_mb: number;
  max_queries_per_batch: number;
  max_rows_per_query: number;
}

const NOT_FOUND = "Could not find object.";

/** One collection: its settings (`field.x`, `accelerated_fields.x`) and its documents by key. */
export class KvCollection {
  readonly app: string;
  readonly name: string;
  readonly settings: Record<string, string> = {};
  readonly documents = new Map<string, Stored>();
  readonly #limits: KvLimits;

  constructor(app: string, name: string, limits: KvLimits) {
    this.app = app;
    this.name = name;
    this.#limits = limits;
  }

  insert(given: unknown): { _key: string } {
    const document = this.#typed(given);
    if (this.documents.has(document._key))
      throw new Failure(409, "A document with the same key and user already exists.");
    this.documents.set(document._key, document);
    return { _key: document._key };
  }

  replace(key: string, given: unknown): { _key: string } {
    if (!this.documents.has(key)) throw new Failure(404, NOT_FOUND);
    this.documents.set(key, { ...this.#typed(given), _key: key });
    return { _key: key };
  }

  saveAll(given: unknown): string[] {
    if (!Array.isArray(given)) throw new Failure(400, "Must supply a JSON array of documents");
    const most = this.#limits.max_documents_per_batch_save;
    if (given.length > most) {
      const detail = `Too many documents for a single batch save, max_documents_per_batch_save=${most}`;
      throw new Failure(400, `Request exceeds API limits - see limits.conf for details. (${detail})`);
    }
    const documents = given.map((one) => this.#typed(one));
    for (const document of documents) this.documents.set(document._key, document);
    return documents.map(({ _key }) => _key);
  }

  get(key: string): Stored {
    const document = this.documents.get(key);
    if (!document) throw new Failure(404, NOT_FOUND);
    return document;
  }

  find(parameters: Readonly<Record<string, string>>): Stored[] {
    const { query, sort, fields, skip = "0", limit = "0" } = parameters;
    const found = sorted(this.#matching(query), sort).slice(Number(skip));
    // More than the limit are cut without a word.
    const most = Math.min(Number(limit) || Number.POSITIVE_INFINITY, this.#limits.max_rows_per_query);
    return found.slice(0, most).map((document) => projected(document, fields));
  }

  findAll(given: unknown): Stored[][] {
    if (!Array.isArray(given)) throw new Failure(400, "Must supply a JSON array of queries");
    if (given.length > this.#limits.max_queries_per_batch) throw new Failure(400, "Request exceeds API limits.");
    return given.map(({ query = {}, ...others }) => this.find({ ...others, query: JSON.stringify(query) }));
  }

  /** Removes what matches; without a query, or with an empty one, everything. */
  removeMatching(query: string | undefined): void {
    for (const { _key } of this.#matching(query)) this.documents.delete(String(_key));
  }

  remove(key: string): void {
    if (!this.documents.delete(key)) throw new Failure(404, NOT_FOUND);
  }

  #matching(query: string | undefined): Stored[] {
    const all = [...this.documents.values()];
    if (!query) return all;
    try {
      const parsed: unknown = JSON.parse(query);
      return all.filter((document) => matches(document, parsed));
    } catch (error) {
      if (error instanceof BadQuery || error instanceof SyntaxError) throw new Failure(400, error.message);
      throw error;
    }
  }

  /** A document with the fields in the types that they are said to have, where they can be. */
  #typed(given: unknown): Stored & { _key: string } {
    if (!isRecord(given)) throw new Failure(400, "JSON in the request is invalid. ( JSON parse error )");
    const key = given._key === undefined ? randomBytes(12).toString("hex") : String(given._key);
    const fields = Object.entries(given).map(([name, value]) => [
      name,
      converted(value, this.settings[`field.${name}`]),
    ]);
    return { ...Object.fromEntries(fields), _key: key, _user: "nobody" };
  }
}

function converted(value: unknown, type: string | undefined): unknown {
  if (type === "number" && typeof value === "string" && value !== "" && !Number.isNaN(Number(value)))
    return Number(value);
  if (type === "string" && typeof value === "number") return String(value);
  return value;
}
