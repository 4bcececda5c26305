import { type Indicator, isComposite, keyOf } from "../../model/indicator.ts";
import { nameOf, typeOf } from "../csv/names.ts";
import { unfitForLine } from "../one-line.ts";
import { type DocumentKey, givenKey } from "./deletion.ts";
import type { SplunkSettings } from "./settings.ts";

/** Where the indicators of a type are. */
export type Naming = Pick<SplunkSettings, "layout" | "prefix">;

/** The collection of a type. Two types never share one. */
export function collectionOf(type: string, naming: Naming): string {
  return `${collectionPrefix(naming)}${nameOf(type)}`;
}

/** True for the collections that the courier fills. */
export function isOurs(collection: string, naming: Naming): boolean {
  return collection.startsWith(collectionPrefix(naming));
}

/** Whose document this is, by its value; `null` if the courier would not have given it this key, or not here. */
export function indicatorOf(
  document: Readonly<Record<string, unknown>>,
  collection: string,
  naming: Naming,
): Indicator | null {
  const { _key, type, value } = document;
  if (typeof value !== "string") return null;
  const name = collection.slice(collectionPrefix(naming).length);
  const types = typeof type === "string" ? [type] : [name, typeOf(name)];
  const known = types.find((type) => keyOf({ type, value }) === _key && collectionOf(type, naming) === collection);
  return known === undefined ? (inheritedBy(document, collection, naming)?.indicator ?? null) : { type: known, value };
}

/** What a document of MISP-Broker holds, which left keys to Splunk, and its key; `undefined` for any other document. */
export function inheritedBy(
  { _key, _user, value, ...others }: Readonly<Record<string, unknown>>,
  collection: string,
  naming: Naming,
): { indicator: Indicator; key: DocumentKey } | undefined {
  const key = givenKey(_key);
  const type = typeOf(collection.slice(collectionPrefix(naming).length));
  const isBrokers = naming.layout === "broker" && Object.keys(others).length === 0;
  if (!isBrokers || key === undefined || typeof value !== "string") return undefined;
  return collectionOf(type, naming) === collection ? { indicator: { type, value }, key } : undefined;
}

/** Why no document can hold an indicator, or `undefined` when one can. */
export function unfitForStore({ type, value }: Indicator, { layout }: Naming): string | undefined {
  if (layout === "plain" && isComposite(type)) return "layout plain holds the parts of composite types, not the pair";
  return unfitForLine(value);
}

/** What the names of the collections begin with. */
export function collectionPrefix({ layout, prefix }: Naming): string {
  return layout === "broker" ? "tsi_misp_" : prefix;
}
