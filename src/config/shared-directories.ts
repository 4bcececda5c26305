import { resolve } from "node:path";
import { csvSettings } from "../targets/csv-settings.ts";
import type { Config } from "./schema.ts";

/** A `csv` target whose files another one, named before it, writes as well. */
export interface SharedDirectory {
  name: string;
  owner: string;
}

/** The enabled `csv` targets that have no directory to themselves; relative ones count from `directory`. */
export function sharedDirectories(targets: Config["targets"], directory: string): SharedDirectory[] {
  const owners = new Map<string, string>();
  return Object.entries(targets).flatMap(([name, { type, enabled, settings }]) => {
    if (type !== "csv" || !enabled) return [];
    const place = resolve(directory, csvSettings.parse(settings).directory);
    const owner = owners.get(place);
    owners.set(place, owner ?? name);
    return owner === undefined ? [] : [{ name, owner }];
  });
}
