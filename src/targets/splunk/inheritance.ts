import { type DocumentKey, documentKey } from "./deletion.ts";
import type { Serialized } from "./limits.ts";
import { inheritedBy, type Naming } from "./names.ts";
import type { KvStore } from "./store.ts";

/**
 * The documents that MISP-Broker has left. By the keys that Splunk gave them they could neither be removed nor written again, so
 * each gets its indicator's own, before the courier first touches their collection.
 */
export class Inheritance {
  readonly #store: KvStore;
  readonly #naming: Naming;
  readonly #taken = new Set<string>();
  /** The key that each collection was looked through to: for a large one, one try may be too short. */
  readonly #reached = new Map<string, string>();

  constructor(store: KvStore, naming: Naming) {
    this.#store = store;
    this.#naming = naming;
  }

  /** @throws NotNow when not all of it could be done; what was done stays so */
  async take(collection: string, signal: AbortSignal): Promise<void> {
    if (this.#naming.layout !== "broker" || this.#taken.has(collection)) return;
    if (await this.#store.has(collection, signal)) {
      for await (const page of this.#store.pages(collection, signal, this.#reached.get(collection))) {
        const inherited = page.flatMap((document) => inheritedBy(document, collection, this.#naming) ?? []);
        await this.#replace(collection, inherited, signal);
        this.#reached.set(collection, String(page.at(-1)?._key));
      }
    }
    this.#taken.add(collection);
  }

  async #replace(
    collection: string,
    inherited: readonly NonNullable<ReturnType<typeof inheritedBy>>[],
    signal: AbortSignal,
  ) {
    const documents = inherited.map(({ indicator }): Serialized => {
      const key = documentKey(indicator);
      return { key, text: JSON.stringify({ _key: key, value: indicator.value }) };
    });
    const keys: DocumentKey[] = inherited.map(({ key }) => key);
    // In this order no value is missing for a moment.
    await this.#store.save(collection, documents, {}, signal);
    await this.#store.remove(collection, keys, signal);
  }
}
