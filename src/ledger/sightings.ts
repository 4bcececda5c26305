import type { Thumbs } from "../curation/thumbs.ts";
import { type Sighting, SightingType } from "../model/misp.ts";
import type { Database, Statement } from "./database.ts";

/** A sighting as the ledger remembers it. */
export interface SightingRow {
  id: number;
  attribute: number;
  value: string | null;
  type: number;
  date: number;
  organisation: number;
  source: string;
}

/** The sightings table. */
export class Sightings {
  readonly #byId: Statement<SightingRow>;
  readonly #insert: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #removeExpirations: Statement<never>;
  readonly #newestOfValue: Statement<Newest>;
  readonly #newestOfAttribute: Statement<Newest>;

  constructor(database: Database) {
    this.#byId = database.prepare("SELECT * FROM sighting WHERE id = ?");
    this.#insert = database.prepare(
      "INSERT INTO sighting (id, attribute, value, type, date, organisation, source) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#remove = database.prepare("DELETE FROM sighting WHERE id = ?");
    this.#removeExpirations = database.prepare(
      `DELETE FROM sighting WHERE attribute = ? AND organisation = ? AND type = ${SightingType.expired}`,
    );
    this.#newestOfValue = database.prepare(newest("value"));
    this.#newestOfAttribute = database.prepare(newest("attribute"));
  }

  get(id: number): SightingRow | undefined {
    return this.#byId.get(id);
  }

  /** Adds one; an organisation's second expiration of an attribute silently replaces its first, as in MISP. */
  add(sighting: Sighting, value: string | null, date: number): void {
    const { id, attributeId, type, organisationId, source } = sighting;
    if (type === SightingType.expired) this.#removeExpirations.run(attributeId, organisationId);
    this.#insert.run(id, attributeId, value, type, date, organisationId, source);
  }

  remove(id: number): void {
    this.#remove.run(id);
  }

  /** The newest of each type that counts for a value. */
  thumbsOfValue(value: string): Thumbs {
    return thumbsOf(this.#newestOfValue.get(value));
  }

  /** The newest of each type that was given to an attribute. */
  thumbsOfAttribute(attribute: number): Thumbs {
    return thumbsOf(this.#newestOfAttribute.get(attribute));
  }
}

type Newest = { [Column in keyof Thumbs]: number | null };

/** Three look-ups in one index, each of which ends at its first row. */
function newest(column: "value" | "attribute"): string {
  const of = (type: SightingType) => `(SELECT max(date) FROM sighting WHERE ${column} = ?1 AND type = ${type})`;
  const { seen, falsePositive, expired } = SightingType;
  return `SELECT ${of(seen)} AS seen, ${of(falsePositive)} AS falsePositive, ${of(expired)} AS expired`;
}

function thumbsOf(newest: Newest | undefined): Thumbs {
  return { seen: newest?.seen ?? 0, falsePositive: newest?.falsePositive ?? 0, expired: newest?.expired ?? 0 };
}
