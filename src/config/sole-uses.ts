import { targetKinds } from "../targets/index.ts";
import type { Config } from "./schema.ts";

/** A target that wants what only one can have. */
export interface Clash {
  name: string;
  /** Who had it before, perhaps itself. */
  owner: string;
  /** What it is, in words for a person. */
  use: string;
}

/** The enabled targets that want what another one has, or the same twice. */
export function clashes(targets: Config["targets"]): Clash[] {
  const owners = new Map<string, string>();
  const found: Clash[] = [];
  for (const [name, { type, enabled, settings }] of Object.entries(targets)) {
    for (const { place, words } of (enabled && targetKinds[type]?.sole?.(settings)) || []) {
      const owner = owners.get(place);
      if (owner === undefined) owners.set(place, name);
      else if (!found.some((clash) => clash.name === name && clash.use === words))
        found.push({ name, owner, use: words });
    }
  }
  return found;
}
