import { join } from "node:path";
import type { Delta, Entry, Refusal } from "../model/delta.ts";
import { type HttpSettings, httpSettings } from "./http/settings.ts";
import { ListStore, listStoreFile } from "./http/store.ts";
import { unfitForLine } from "./one-line.ts";
import { defineTarget, type Found, type Target } from "./target.ts";

/**
 * Lists that firewalls pull. What they are made of is kept in a file of the state directory; the courier's web server makes
 * them out of it when somebody asks.
 */
export const http = defineTarget<HttpSettings>({
  summary: "Lists that firewalls pull from the courier's own web server, at `/lists/<name>.txt`.",
  settings: httpSettings,
  batch: 5_000,
  place: () => "",
  composites: () => false,
  shows: shownOf,
  origins: () => false,
  open: async (settings, { name, state }) => openTarget(ListStore.open(join(state, listStoreFile(name))), settings),
});

function shownOf({ lists }: HttpSettings): (entry: Entry) => string {
  const csv = Object.values(lists).some(({ format }) => format === "csv");
  return csv ? ({ score, expires }) => `${score} ${expires}` : ({ score }) => `${score}`;
}

function openTarget(store: ListStore, settings: HttpSettings): Target {
  return {
    apply: async (delta, signal) => apply(delta, signal, store),
    bare: async () => (store.isEmpty() ? "everything" : []),
    list: () => list(store, shownOf(settings)),
    close: async () => store.close(),
  };
}

function apply(delta: Delta, signal: AbortSignal, store: ListStore): readonly Refusal[] {
  signal.throwIfAborted();
  const refusals: Refusal[] = [];
  const hold = [...delta.add, ...delta.renew].filter(({ type, value }) => {
    const reason = unfitForLine(value);
    if (reason !== undefined) refusals.push({ type, value, reason });
    return reason === undefined;
  });
  store.change(hold, delta.remove);
  return refusals;
}

async function* list(store: ListStore, shows: (entry: Entry) => string): AsyncIterable<readonly Found[]> {
  for (const page of store.pages()) {
    yield page.map(({ type, value, score, expires }) => ({
      indicator: { type, value },
      label: value,
      shows: shows({ type, value, score, expires, reference: 0, origins: [] }),
    }));
  }
}
