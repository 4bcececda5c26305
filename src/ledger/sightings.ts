import type { Thumbs } from "../curation/thumbs.ts";
import { type Sighting, SightingType } from "../model/misp.ts";
import type { Database, Statement } from "./database.ts";

/** A sighting as the ledger remembers it; a deleted one stays, so that an old answer cannot bring it back. */
export interface SightingRow {
  id: number;
  attribute: number;
  value: string | null;
  type: number;
  date: number;
  organisation: number;
  source: string;
  shown: number;
  deleted: number;
}

/** The sightings table. */
export class Sightings {
  readonly #byId: Statement<SightingRow>;
  readonly #put: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #expirations: Statement<SightingRow>;
  readonly #shownBetween: Statement<SightingRow>;
  readonly #newestOfValue: Statement<Newest>;
  readonly #newestOfAttribute: Statement<Newest>;

  constructor(database: Database) {
    this.#byId = database.prepare("SELECT * FROM sighting WHERE id = ?");
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO sighting (id, attribute, value, type, date, organisation, source, shown)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = database.prepare("UPDATE sighting SET deleted = ? WHERE id = ?");
    this.#expirations = database.prepare(
      `SELECT * FROM sighting
       WHERE attribute = ? AND type = ${SightingType.expired} AND organisation = ? AND deleted = 0`,
    );
    this.#shownBetween = database.prepare(
      "SELECT * FROM sighting WHERE date BETWEEN ? AND ? AND shown = 1 AND deleted = 0",
    );
    this.#newestOfValue = database.prepare(newest("value"));
    this.#newestOfAttribute = database.prepare(newest("attribute"));
  }

  get(id: number): SightingRow | undefined {
    return this.#byId.get(id);
  }

  put(sighting: Sighting, value: string | null, date: number, shown: boolean): void {
    const { id, attributeId, type, organisationId, source } = sighting;
    this.#put.run(id, attributeId, value, type, date, organisationId, source, shown ? 1 : 0);
  }

  /** @param at when that was heard, milliseconds */
  delete(id: number, at: number): void {
    this.#delete.run(at, id);
  }

  /** The expirations that an organisation gave to an attribute. */
  expirations(attribute: number, organisation: number): SightingRow[] {
    return this.#expirations.all(attribute, organisation);
  }

  /** Those with dates in a span that REST has shown to our key. */
  shownBetween(from: number, to: number): SightingRow[] {
    return this.#shownBetween.all(from, to);
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

/** Three look-ups in one index, each of which ends at its first row that is not deleted. */
function newest(column: "value" | "attribute"): string {
  const of = (type: SightingType) =>
    `(SELECT date FROM sighting WHERE ${column} = ?1 AND type = ${type} AND deleted = 0 ORDER BY date DESC LIMIT 1)`;
  const { seen, falsePositive, expired } = SightingType;
  return `SELECT ${of(seen)} AS seen, ${of(falsePositive)} AS falsePositive, ${of(expired)} AS expired`;
}

function thumbsOf(newest: Newest | undefined): Thumbs {
  return { seen: newest?.seen ?? 0, falsePositive: newest?.falsePositive ?? 0, expired: newest?.expired ?? 0 };
}
