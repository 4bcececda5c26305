import type { Found } from "../target.ts";
import { shownIn } from "./document.ts";
import { indicatorOf, isOurs, type Naming } from "./names.ts";
import type { Document, KvStore } from "./store.ts";

/** What the collections hold that the courier fills. */
export async function* listStore(store: KvStore, naming: Naming, signal: AbortSignal): AsyncGenerator<Found[]> {
  for (const collection of await store.collections(signal)) {
    if (!isOurs(collection, naming)) continue;
    for await (const page of store.pages(collection, signal)) {
      yield page.map((document) => foundIn(collection, document, naming));
    }
  }
}

function foundIn(collection: string, document: Document, naming: Naming): Found {
  const indicator = indicatorOf(document, collection, naming);
  return {
    indicator,
    label: `${collection}/${String(document._key)}`,
    shows: indicator === null ? null : shownIn(document, naming.layout),
  };
}
