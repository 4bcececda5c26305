import { type Indicator, isComposite, keyOf } from "../model/indicator.ts";
import { nameOf, typeOf } from "./csv-names.ts";
import { unfitForLine } from "./one-line.ts";
import type { SplunkSettings } from "./splunk-settings.ts";

/** Where the indicators of a type are. */
export type Naming = Pick<SplunkSettings, "layout" | "prefix">;

/** The collection of a type. Two types never share one. */
export function collectionOf(type: string, naming: Naming): string {
  return `${prefixOf(naming)}${nameOf(type)}`;
}

/** True for the collections that the courier fills. */
export function isOurs(collection: string, naming: Naming): boolean {
  return collection.startsWith(prefixOf(naming));
}

/** Whose document this is, by its value; `null` if the courier would not have given it this key, or not here. */
export function indicatorOf(
  { _key, type, value }: Readonly<Record<string, unknown>>,
  collection: string,
  naming: Naming,
): Indicator | null {
  if (typeof value !== "string") return null;
  const name = collection.slice(prefixOf(naming).length);
  const types = typeof type === "string" ? [type] : [name, typeOf(name)];
  const known = types.find((type) => keyOf({ type, value }) === _key && collectionOf(type, naming) === collection);
  return known === undefined ? null : { type: known, value };
}

/** Why no document can hold an indicator, or `undefined` when one can. */
export function unfitForStore({ type, value }: Indicator, { layout }: Naming): string | undefined {
  if (layout === "plain" && isComposite(type)) return "layout plain holds the parts of composite types, not the pair";
  return unfitForLine(value);
}

function prefixOf({ layout, prefix }: Naming): string {
  return layout === "broker" ? "tsi_misp_" : prefix;
}
