import type { Delta, Entry, Refusal } from "../model/delta.ts";
import { openRest } from "./rest-target.ts";
import { Collector } from "./splunk/collector.ts";
import { type DocumentKey, documentKey } from "./splunk/deletion.ts";
import { fieldsOf, fieldTypesOf, shownBy } from "./splunk/document.ts";
import { Inheritance } from "./splunk/inheritance.ts";
import type { Serialized } from "./splunk/limits.ts";
import { listStore } from "./splunk/list.ts";
import { collectionOf, collectionPrefix, type Naming, unfitForStore } from "./splunk/names.ts";
import { type CollectorSettings, type SplunkSettings, splunkSettings } from "./splunk/settings.ts";
import { KvStore, Unmade } from "./splunk/store.ts";
import { defineTarget, NotNow, Partly, type Target, type TargetContext } from "./target.ts";
import { tellWithout } from "./tell.ts";

/** Collections of Splunk's KV store, one for each type, whose documents have the indicators' own keys. */
export const splunk = defineTarget<SplunkSettings>({
  summary: "One KV store collection for each MISP type in an app of Splunk, and the changes as events.",
  settings: splunkSettings,
  batch: 10_000,
  place: ({ url, app, prefix, layout }) =>
    JSON.stringify([...addressOf(url), app, layout === "broker" ? layout : prefix]),
  fills: (settings) => JSON.stringify([...addressOf(settings.url), settings.app, collectionPrefix(settings)]),
  nameless: true,
  composites: ({ layout }) => layout === "broker",
  shows: ({ layout }) => shownBy(layout),
  origins: ({ layout, hec }) => layout === "plain" || hec !== undefined,
  open: async (settings, context) => open(settings, context),
});

/** Host and path, however they are written: neither how Splunk is reached nor a login. */
function addressOf(url: string): [host: string, path: string] {
  const { host, pathname } = new URL(url);
  return [host, pathname.replace(/(?<=.)\/+$/, "")];
}

interface Connection {
  naming: Naming;
  store: KvStore;
  inheritance: Inheritance;
  collector: Collector | undefined;
}

function open(settings: SplunkSettings, context: TargetContext): Target {
  const { layout, prefix, app, token, hec } = settings;
  const naming: Naming = { layout, prefix };
  const { name, clock } = context;
  const tell = tellWithout(hec ? [token, hec.token] : [token]);
  const ask = openRest(settings, { Authorization: `Bearer ${token}` }, context);
  const store = new KvStore({ app, ask, tell, clock });
  const collector =
    hec && new Collector({ name, settings: hec, ask: askCollector(settings, hec, context), tell, clock });
  /** The types that there was something of, by their collections. */
  const types = new Map<string, string>();
  const connection = { naming, store, inheritance: new Inheritance(store, naming), collector };
  return {
    bare: async (asked, signal) => {
      for (const type of asked) types.set(collectionOf(type, naming), type);
      const lost = await store.lost([...types.keys()], signal);
      return lost.flatMap((collection) => types.get(collection) ?? []);
    },
    apply: (delta, signal) => apply(delta, signal, connection),
    list: (signal) => listStore(store, naming, signal),
  };
}

/** The collector is another server of the same house: the same certificates and proxy lead to it. */
function askCollector(settings: SplunkSettings, { url, token }: CollectorSettings, context: TargetContext) {
  return openRest({ ...settings, url }, { Authorization: `Splunk ${token}` }, context);
}

async function apply(delta: Delta, signal: AbortSignal, { naming, store, inheritance, collector }: Connection) {
  signal.throwIfAborted();
  const { changes, refusals } = sortByCollection(delta, naming);
  for (const collection of changes.keys()) await inheritance.take(collection, signal);
  // What no longer holds is the more urgent: it raises false alarms.
  for (const [collection, { drop }] of changes) await store.remove(collection, drop, signal);
  const unmade: Unmade[] = [];
  for (const [collection, { hold, type }] of changes) {
    if (hold.length === 0) continue;
    const saved = store.save(collection, hold, fieldTypesOf(type, naming.layout), signal);
    await saved.catch((error: unknown) => unmade.push(unmadeOr(error)));
  }
  const [first] = unmade;
  // Without events: they would be sent again with each try.
  if (first) throw new Partly(first.message);
  await collector?.send(delta, refusals, signal).catch(withoutEvents);
  return refusals;
}

/** What is for a collection that may not be made waits until somebody makes it; all else goes on. */
function unmadeOr(error: unknown): Unmade {
  if (error instanceof Unmade) return error;
  throw error;
}

/** The collections have it by then: what is more urgent than its record, such as a thumbs-down, must not stand still behind that. */
function withoutEvents(error: unknown): never {
  throw error instanceof NotNow ? new Partly(error.message, { wait: error.wait }) : error;
}

interface CollectionChanges {
  type: string;
  hold: Serialized[];
  drop: DocumentKey[];
}

function sortByCollection(delta: Delta, naming: Naming) {
  const changes = new Map<string, CollectionChanges>();
  const refusals: Refusal[] = [];
  const of = (type: string): CollectionChanges => {
    const collection = collectionOf(type, naming);
    const known = changes.get(collection) ?? { type, hold: [], drop: [] };
    changes.set(collection, known);
    return known;
  };
  for (const entry of [...delta.add, ...delta.renew]) {
    const reason = unfitForStore(entry, naming);
    if (reason === undefined) of(entry.type).hold.push(serialized(entry, naming));
    else refusals.push({ type: entry.type, value: entry.value, reason });
  }
  // What no document can hold was never held.
  for (const item of delta.remove) {
    if (unfitForStore(item, naming) === undefined) of(item.type).drop.push(documentKey(item));
  }
  return { changes, refusals };
}

function serialized(entry: Entry, { layout }: Naming): Serialized {
  const key = documentKey(entry);
  return { key, text: JSON.stringify({ _key: key, ...fieldsOf(entry, layout) }) };
}
