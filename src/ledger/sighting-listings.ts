import type { SightedEvent } from "../model/misp.ts";
import { isVisible } from "./hear-sightings.ts";
import type { Tables } from "./tables.ts";

/** What whoever lists MISP's sightings has to know of those in the ledger. */
export class SightingListings {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** How many were heard of so shortly before MISP's listing that it cannot tell whether they are still there. */
  get doubted(): number {
    return this.#tables.sightings.doubted.size;
  }

  /** Whether some of any age may be missing. */
  get incomplete(): boolean {
    return this.#tables.sightings.incomplete;
  }

  /** How many there are, as far as `most`. */
  countUpTo(most: number): number {
    return this.#tables.sightings.countUpTo(most);
  }

  /** MISP's sightings of all times were read. */
  complete(): void {
    this.#tables.sightings.incomplete = false;
  }

  /** The events that have some with dates in a span, Unix seconds, as far as MISP shows them to our key. */
  events({ from, to }: { from: number; to: number }): SightedEvent[] {
    const { attributes, events, sightings } = this.#tables;
    const byEvent = new Map<string, number[]>();
    for (const row of sightings.between(from, to)) {
      const event = events.get(attributes.get(row.attribute)?.event ?? 0);
      if (!event || !isVisible(this.#tables, row)) continue;
      const ofEvent = byEvent.get(event.uuid);
      if (ofEvent) ofEvent.push(row.id);
      else byEvent.set(event.uuid, [row.id]);
    }
    return [...byEvent].map(([event, sightings]) => ({ event, sightings }));
  }
}
