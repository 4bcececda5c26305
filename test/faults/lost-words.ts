import type { Believed } from "../model/believed.ts";
import { partsOf } from "../model/oracle.ts";
import type { World } from "../model/world.ts";
import type { Wishes } from "./watch.ts";

/**
 * What lists may show on the way when messages are lost: whoever did not hear of a thumbs-down may list what was published, and
 * take it off again once REST tells. What was wanted stays all the same until a rule takes it off.
 */
export class LostWords implements Wishes {
  readonly #world: World;
  readonly #published = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  readonly everWanted = { has: (entry: string) => this.#published.has(entry) };
  readonly withdrawn = {
    has: (entry: string) => this.#world.withdrawn.has(entry) || !this.#world.everWanted.has(entry),
  };

  /** Something happened in MISP. */
  follow({ attributes }: Believed = this.#world.model): void {
    for (const attribute of attributes.values()) {
      if (attribute.event.published) for (const { key } of partsOf(attribute)) this.#published.add(key);
    }
  }
}
