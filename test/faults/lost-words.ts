import type { Believed } from "../model/believed.ts";
import { partsOf } from "../model/oracle.ts";
import type { World } from "../model/world.ts";
import type { Wishes } from "./watch.ts";

/**
 * What lists may show on the way when messages are lost and REST is slow or down. Whoever did not hear of a thumbs-down may list
 * what was published, or what was in an event before that was published, and take it off again once REST tells. What holds an
 * entry up since the last calm, when all was known, keeps it there; what came to hold it up since may not be known to be
 * published yet.
 */
export class LostWords implements Wishes {
  readonly #world: World;
  readonly #published = new Set<string>();
  /** By event, all that was ever in it. */
  readonly #told = new Map<number, Set<string>>();
  /** By entry, the attributes that have held it up without a break since the last calm. */
  #holders = new Map<string, Set<number>>();

  constructor(world: World) {
    this.#world = world;
  }

  readonly everWanted = { has: (entry: string) => this.#published.has(entry) };
  readonly withdrawn = {
    has: (entry: string) => this.#world.withdrawn.has(entry) || !this.#holders.has(entry),
  };

  /** Nothing is lost or under way any more. */
  calm({ attributes }: Believed = this.#world.model): void {
    this.#holders = new Map();
    for (const { id, out } of attributes.values()) {
      for (const key of out) this.#holders.set(key, (this.#holders.get(key) ?? new Set()).add(id));
    }
  }

  /** Something happened in MISP. */
  follow({ attributes, events }: Believed = this.#world.model): void {
    for (const attribute of attributes.values()) {
      const told = this.#told.get(attribute.event.id) ?? new Set();
      for (const { key } of partsOf(attribute)) told.add(key);
      this.#told.set(attribute.event.id, told);
    }
    for (const { id, published } of events.values()) {
      if (published) for (const key of this.#told.get(id) ?? []) this.#published.add(key);
    }
    this.#letGo(attributes);
  }

  #letGo(attributes: Believed["attributes"]): void {
    for (const [key, holders] of this.#holders) {
      for (const id of holders) if (!attributes.get(id)?.out.has(key)) holders.delete(id);
      if (holders.size === 0) this.#holders.delete(key);
    }
  }
}
