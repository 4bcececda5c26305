import { tagColumn, tagsOf } from "../events.ts";
import type { Tables } from "../tables.ts";

/** UUIDs of an event's attributes that MISP does not show: it may hide some of them from our key, and would show the others. */
export interface Beside {
  missing: string[];
  hidden: string[];
}

/** MISP's distributions of what others may keep to themselves: for the own organisation, and for a sharing group. */
const CLOSED: readonly number[] = [0, 4];

/** What whoever lists MISP's events has to know of those in the ledger. */
export class EventListings {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** MISP has shown no attribute so far, and the feed has told of none. */
  get areBare(): boolean {
    return this.#tables.attributes.last() === 0;
  }

  /** What the ledger has of an event beside what MISP shows of it. */
  beside(event: number, shown: ReadonlySet<string>): Beside {
    const { attributes, events, judging } = this.#tables;
    const isOwn = events.get(event)?.creator_id === judging.knowledge.ownOrganisation;
    const beside: Beside = { missing: [], hidden: [] };
    for (const { uuid, deleted, distribution } of attributes.of(event)) {
      if (deleted !== 0 || shown.has(uuid)) continue;
      const isHidden = !isOwn && CLOSED.includes(distribution);
      (isHidden ? beside.hidden : beside.missing).push(uuid);
    }
    return beside;
  }

  /** Whether an event is known, and has other tags than these. */
  isTaggedOtherwise({ uuid, tags }: { uuid: string; tags: readonly string[] }): boolean {
    const known = this.#tables.events.byUuid(uuid);
    return known?.known === 1 && known.deleted === 0 && known.tags !== tagColumn(tags);
  }

  /** Whether an event is known that has, itself or at an attribute, a tag of which `matches` is true. */
  isTagged(uuid: string, matches: (tag: string) => boolean): boolean {
    const { attributes, events } = this.#tables;
    const event = events.byUuid(uuid);
    if (!event) return false;
    if (tagsOf(event).some(matches)) return true;
    for (const attribute of attributes.of(event.id)) if (tagsOf(attribute).some(matches)) return true;
    return false;
  }
}
