import { type Indicator, keyOf } from "../../model/indicator.ts";
import type { RestRequest } from "../../rest/rest.ts";

declare const made: unique symbol;

/** The key of one document. Only `documentKey` and `givenKey` make one. */
export type DocumentKey = string & { readonly [made]: true };

/** One key at the least: the KV store takes a deletion that names none for one of everything. */
export type SomeKeys = readonly [DocumentKey, ...DocumentKey[]];

/** How many keys one deletion names, so that its address stays below 8 kB. */
const KEYS_IN_ONE = 100;

/** The key of an indicator's document: 40 hexadecimal digits. */
export function documentKey(indicator: Indicator): DocumentKey {
  return keyOf(indicator) as DocumentKey;
}

/** The key that Splunk gave a document that came without one; `undefined` for any other. */
export function givenKey(key: unknown): DocumentKey | undefined {
  return typeof key === "string" && /^[0-9a-f]{24}$/.test(key) ? (key as DocumentKey) : undefined;
}

/** The keys in portions, none of which is empty. */
export function portions(keys: readonly DocumentKey[]): SomeKeys[] {
  const made: SomeKeys[] = [];
  for (let start = 0; start < keys.length; start += KEYS_IN_ONE) {
    const [first, ...others] = keys.slice(start, start + KEYS_IN_ONE);
    if (first !== undefined) made.push([first, ...others]);
  }
  return made;
}

/**
 * The only deletion there is: of the documents with these keys. A key that is not there is no error then.
 * @param data path of a collection's documents
 */
export function deletionOf(data: string, keys: SomeKeys): RestRequest {
  return { method: "DELETE", path: data, query: { query: JSON.stringify({ $or: keys.map((_key) => ({ _key })) }) } };
}
