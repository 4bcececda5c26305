import type { Entry } from "./atom.ts";
import { Failure, KvCollection, type KvLimits } from "./kv-collection.ts";

/** A request below `/servicesNS/nobody/<app>/storage/collections`. */
export interface KvRequest {
  method: string;
  app: string;
  /** What comes after `config` or `data`, decoded. */
  rest: readonly string[];
  parameters: Readonly<Record<string, string>>;
  body: string;
}

/** All collections of all apps. Those of the app `system` are seen from every other. */
export class KvCollections {
  readonly limits: KvLimits = {
    max_documents_per_batch_save: 1_000,
    max_size_per_batch_save_mb: 50,
    max_queries_per_batch: 1_000,
    max_rows_per_query: 50_000,
  };
  readonly #collections: KvCollection[] = [];

  /** What a configuration endpoint answers, as entries; `status` is that of the answer. */
  config({ method, app, rest, parameters, body }: KvRequest): { status: number; entries: Entry[] } {
    const [name] = rest;
    const form = Object.fromEntries(new URLSearchParams(body));
    if (name === undefined && method === "GET") return { status: 200, entries: this.#visible(app, parameters) };
    if (name === undefined && method === "POST") return { status: 201, entries: [this.#create(app, form)] };
    const collection = this.find(app, name ?? "");
    if (method === "POST") Object.assign(collection.settings, form);
    if (method === "DELETE") this.#collections.splice(this.#collections.indexOf(collection), 1);
    return { status: 200, entries: method === "DELETE" ? [] : [entryOf(collection)] };
  }

  /** What a data endpoint answers. */
  data({ method, app, rest, parameters, body }: KvRequest): { status: number; body: unknown } {
    const [name = "", key] = rest;
    const collection = this.find(app, name);
    if (method === "POST") {
      const given = documentsIn(body, this.limits);
      if (key === "batch_save") return { status: 200, body: collection.saveAll(given) };
      if (key === "batch_find") return { status: 200, body: collection.findAll(given) };
      return key === undefined
        ? { status: 201, body: collection.insert(given) }
        : { status: 200, body: collection.replace(key, given) };
    }
    if (method === "DELETE") {
      if (key === undefined) collection.removeMatching(parameters.query);
      else collection.remove(key);
      return { status: 200, body: undefined };
    }
    return { status: 200, body: key === undefined ? collection.find(parameters) : collection.get(key) };
  }

  /** The collection of that name that an app sees, its own before that of the system. */
  find(app: string, name: string): KvCollection {
    const named = this.#collections.filter((collection) => collection.name === name);
    const found = named.find((one) => one.app === app) ?? named.find((one) => one.app === "system");
    if (!found) throw new Failure(404, "Could not find object.");
    return found;
  }

  /** The collections that an app has itself. */
  of(app: string): KvCollection[] {
    return this.#collections.filter((collection) => collection.app === app);
  }

  #create(app: string, { name, ...settings }: Record<string, string>): Entry {
    if (!name) throw new Failure(400, "Cannot perform action POST without a target name to act on.");
    if (this.of(app).some((collection) => collection.name === name))
      throw new Failure(409, `An object with name=${name} already exists`);
    const collection = new KvCollection(app, name, this.limits);
    Object.assign(collection.settings, settings);
    this.#collections.push(collection);
    return entryOf(collection);
  }

  /** A count that is not above zero asks for all. */
  #visible(app: string, { count = "30", offset = "0" }: Readonly<Record<string, string>>): Entry[] {
    const visible = this.#collections.filter((one) => one.app === app || one.app === "system").slice(Number(offset));
    return visible.slice(0, Number(count) > 0 ? Number(count) : visible.length).map(entryOf);
  }
}

function entryOf({ app, name, settings }: KvCollection): Entry {
  const path = `/servicesNS/nobody/${app}/storage/collections/config/${encodeURIComponent(name)}`;
  return { name, path, app, content: { disabled: "0", profilingEnabled: "false", ...settings } };
}

function documentsIn(body: string, limits: KvLimits): unknown {
  const most = limits.max_size_per_batch_save_mb;
  if (Buffer.byteLength(body) > most * 1024 * 1024) {
    const detail = `Request is too large for a single batch save, max_size_per_batch_save_mb=${most}`;
    throw new Failure(400, `Request exceeds API limits - see limits.conf for details. (${detail})`);
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new Failure(400, "JSON in the request is invalid. ( JSON parse error at offset 0 )");
  }
}
