import { resolve } from "node:path";
import { csvSettings } from "../targets/csv/settings.ts";
import type { Rival } from "./rival.ts";
import type { Config } from "./schema.ts";
import { haveTypeInCommon } from "./shared-places.ts";

interface Place {
  name: string;
  directory: string;
  layout: "plain" | "broker";
  /** Of which types there are files; missing: all. */
  types: readonly string[] | undefined;
  /** Its merged lists. */
  lists: readonly string[];
}

/** The `csv` targets that have a file in common with another: the rows of one would be those of a stranger to the other. */
export function sharedDirectories(targets: Config["targets"], directory: string): Rival[] {
  const places = Object.entries(targets).flatMap(([name, { type, enabled, types, settings }]): Place[] => {
    if (type !== "csv" || !enabled) return [];
    const { layout, lists, directory: own } = csvSettings.parse(settings);
    return [{ name, directory: resolve(directory, own), layout, types, lists: Object.keys(lists) }];
  });
  return places.flatMap((place, index) => {
    const owner = places.slice(0, index).find((other) => haveFileInCommon(place, other));
    const message = `target ${owner?.name} writes its files there, too, and each would undo what the other does`;
    return owner ? [{ name: place.name, key: "directory", message }] : [];
  });
}

function haveFileInCommon(one: Place, other: Place): boolean {
  if (one.directory !== other.directory) return false;
  if (one.lists.some((list) => other.lists.includes(list))) return true;
  if (one.layout !== other.layout) return false;
  // MISP-Broker's files are all there from the start, whatever comes into them.
  return one.layout === "broker" || haveTypeInCommon(one.types, other.types);
}
