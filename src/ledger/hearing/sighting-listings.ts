import type { KnownSighting, SightingSpan } from "../../model/misp.ts";
import type { Tables } from "../tables.ts";
import { isVisible } from "./hear-sightings.ts";

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

  /** Those with dates in a span, as far as MISP shows them to our key. */
  known({ from, to, whole }: SightingSpan): KnownSighting[] {
    const { attributes, events, sightings } = this.#tables;
    return sightings.between(from, to).flatMap((row) => {
      const event = events.get(attributes.get(row.attribute)?.event ?? 0);
      if (!event || !(whole || isVisible(this.#tables, row))) return [];
      return [{ id: row.id, attribute: row.attribute, event: event.uuid }];
    });
  }
}
