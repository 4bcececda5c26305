import { resolve } from "node:path";
import { csvSettings } from "../targets/csv-settings.ts";
import type { Config } from "./schema.ts";
import { haveTypeInCommon } from "./shared-places.ts";

/** A `csv` target whose files another one, named before it, writes as well. */
export interface SharedDirectory {
  name: string;
  owner: string;
}

interface Place {
  name: string;
  directory: string;
  layout: "plain" | "broker";
  /** Of which types there are files; missing: all. */
  types: readonly string[] | undefined;
  /** Its merged lists. */
  lists: readonly string[];
}

/** The enabled `csv` targets that have a file in common with another; relative directories count from `directory`. */
export function sharedDirectories(targets: Config["targets"], directory: string): SharedDirectory[] {
  const places = Object.entries(targets).flatMap(([name, { type, enabled, types, settings }]): Place[] => {
    if (type !== "csv" || !enabled) return [];
    const { layout, lists, directory: own } = csvSettings.parse(settings);
    return [{ name, directory: resolve(directory, own), layout, types, lists: Object.keys(lists) }];
  });
  return places.flatMap((place, index) => {
    const owner = places.slice(0, index).find((other) => haveFileInCommon(place, other));
    return owner ? [{ name: place.name, owner: owner.name }] : [];
  });
}

function haveFileInCommon(one: Place, other: Place): boolean {
  if (one.directory !== other.directory) return false;
  if (one.lists.some((list) => other.lists.includes(list))) return true;
  if (one.layout !== other.layout) return false;
  // MISP-Broker's files are all there from the start, whatever comes into them.
  return one.layout === "broker" || haveTypeInCommon(one.types, other.types);
}
