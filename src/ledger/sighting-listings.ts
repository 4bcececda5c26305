import { sightedEvents } from "./hear-sightings.ts";
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

  /** MISP's sightings of all times were read. */
  complete(): void {
    this.#tables.sightings.incomplete = false;
  }

  /** The events that have some with dates in a span, Unix seconds, as far as MISP shows them to our key. */
  events({ from, to }: { from: number; to: number }): { event: string; sightings: number[] }[] {
    return sightedEvents(this.#tables, from, to);
  }
}
