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
  readonly #newestOfValue: Statement<{ date: number | null }>;
  readonly #newestOfAttribute: Statement<{ date: number | null }>;

  constructor(database: Database) {
    this.#byId = database.prepare("SELECT * FROM sighting WHERE id = ?");
    this.#insert = database.prepare(
      "INSERT INTO sighting (id, attribute, value, type, date, organisation, source) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#remove = database.prepare("DELETE FROM sighting WHERE id = ?");
    this.#removeExpirations = database.prepare(
      `DELETE FROM sighting WHERE attribute = ? AND organisation = ? AND type = ${SightingType.expired}`,
    );
    this.#newestOfValue = database.prepare("SELECT max(date) AS date FROM sighting WHERE value = ? AND type = ?");
    this.#newestOfAttribute = database.prepare(
      "SELECT max(date) AS date FROM sighting WHERE attribute = ? AND type = ?",
    );
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
    return thumbs((type) => this.#newestOfValue.get(value, type));
  }

  /** The newest of each type that was given to an attribute. */
  thumbsOfAttribute(attribute: number): Thumbs {
    return thumbs((type) => this.#newestOfAttribute.get(attribute, type));
  }
}

function thumbs(newest: (type: number) => { date: number | null } | undefined): Thumbs {
  return {
    seen: newest(SightingType.seen)?.date ?? 0,
    falsePositive: newest(SightingType.falsePositive)?.date ?? 0,
    expired: newest(SightingType.expired)?.date ?? 0,
  };
}
