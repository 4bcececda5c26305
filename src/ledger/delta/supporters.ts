import type { Support } from "../../curation/qualify.ts";
import type { QualifyingSupport } from "../../curation/wanted.ts";
import type { Origin } from "../../model/delta.ts";
import { reach } from "../../model/distribution.ts";
import { type Indicator, isComposite } from "../../model/indicator.ts";
import type { AttributeRow } from "../attributes.ts";
import type { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import { type EventRow, tagsOf } from "../events.ts";
import { joined, referenceOf } from "../joined.ts";
import { uuidIn } from "../recorded.ts";
import { Sightings } from "../sightings.ts";

/** The attributes that hold an indicator up, as targets look at them. */
export class Supporters {
  readonly #sightings: Sightings;
  readonly #supports: Statement<AttributeRow & { composite: number }>;
  readonly #event: Statement<EventRow>;
  readonly #isDown: (attribute: number) => boolean;

  /** @param isDown whether sightings of a composite attribute say that it holds nothing up */
  constructor(database: Database, isDown: (attribute: number) => boolean) {
    this.#isDown = isDown;
    this.#sightings = new Sightings(database);
    this.#supports = database.prepare(
      `SELECT a.*, s.composite FROM support s JOIN attribute a ON a.id = s.attribute
       WHERE s.indicator = ? AND s.withheld IS NULL`,
    );
    this.#event = database.prepare("SELECT * FROM event WHERE id = ?");
  }

  /** For the filter of a target, each with the time that the TTL may count from. */
  qualifying({ id, type, value }: Indicator & { id: number }): QualifyingSupport[] {
    const everywhere = isComposite(type) ? 0 : this.#sightings.thumbsOfValue(value).seen;
    return this.#holding(id).map(({ row, seen }) => ({
      ...joined(row, this.#event.get(row.event)),
      reference: Math.max(referenceOf(row), seen, everywhere),
    }));
  }

  /** For a target that shows where an indicator comes from, of as much as it may see. */
  origins(indicator: number, isSeen: (support: Support) => boolean = () => true): Origin[] {
    return this.#holding(indicator).flatMap(({ row }) => {
      const event = this.#event.get(row.event);
      return isSeen(joined(row, event)) ? [originOf(row, event)] : [];
    });
  }

  #holding(indicator: number): { row: AttributeRow; seen: number }[] {
    const rows = this.#supports.all(indicator).filter(({ composite, id }) => composite === 0 || !this.#isDown(id));
    return rows.map((row) => ({ row, seen: row.composite ? this.#sightings.thumbsOfAttribute(row.id).seen : 0 }));
  }
}

function originOf(attribute: AttributeRow, event: EventRow | undefined): Origin {
  return {
    attributeUuid: uuidIn(attribute.uuid),
    category: attribute.category,
    comment: attribute.comment,
    firstSeen: attribute.first_seen,
    lastSeen: attribute.last_seen,
    timestamp: attribute.timestamp,
    eventId: attribute.event,
    eventUuid: uuidIn(event?.uuid ?? ""),
    eventInfo: event?.info ?? "",
    eventDate: event?.date ?? "",
    organisation: event?.creator_name ?? "",
    organisationUuid: event?.creator_uuid ?? "",
    distribution: reach(attribute.distribution, event?.distribution ?? 0),
    tags: [...new Set([...(event ? tagsOf(event) : []), ...tagsOf(attribute)])],
  };
}
