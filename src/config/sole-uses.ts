import { targetKinds } from "../targets/index.ts";
import type { Rival } from "./rival.ts";
import type { Config } from "./schema.ts";

/**
 * The targets that want what another one has, or the same twice: two at one port, or under one name in a topic, would keep each
 * other from working for good.
 */
export function soleUses(targets: Config["targets"]): Rival[] {
  const owners = new Map<string, string>();
  const found = new Map<string, Rival>();
  for (const [name, { type, enabled, settings }] of Object.entries(targets)) {
    for (const { place, words } of (enabled && targetKinds[type]?.sole?.(settings)) || []) {
      const owner = owners.get(place);
      const message = owner === name ? `has ${words} twice` : `target ${owner} has ${words}, too, and only one can`;
      if (owner === undefined) owners.set(place, name);
      else found.set(`${name} ${message}`, { name, message });
    }
  }
  return [...found.values()];
}
