import type { Thumbs } from "../curation/thumbs.ts";
import { SightingType } from "../model/misp.ts";
import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";

/** A sighting as the ledger remembers it; a deleted one stays, so that an old answer cannot bring it back. */
export interface SightingRow {
  id: number;
  attribute: number;
  value: string | null;
  type: number;
  /** As whoever gave it says, Unix seconds. */
  date: number;
  /** The time that it counts from: {@link date}, where that is not to come. */
  counts: number;
  organisation: number;
  source: string;
  /** When it was first heard of, milliseconds. */
  heard: number;
  muted: number;
  shown: number;
  deleted: number;
}

/** The newest of each type that one organisation said. */
export interface VoiceRow extends Thumbs {
  organisation: number;
}

/** How many false positives of an organisation count in an hour (seconds): a hostile one must not be able to empty a list. */
export const LOUDEST = { count: 200, within: 3_600 };

/** The sightings table. */
export class Sightings {
  /** Those that MISP's last listing should have had, if it was not made before them. */
  readonly doubted = new Set<number>();
  /** Some were taken back with an event that is there again: MISP's listings of all times have them. */
  incomplete = false;
  readonly #byId: Statement<SightingRow>;
  readonly #put: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #move: Statement<never>;
  readonly #expirations: Statement<SightingRow>;
  readonly #between: Statement<SightingRow>;
  readonly #ofAttribute: Statement<SightingRow>;
  readonly #count: Statement<{ count: number }>;
  readonly #loud: Statement<{ count: number }>;
  readonly #voicesOfValue: Statement<VoiceRow>;
  readonly #voicesOfAttribute: Statement<VoiceRow>;
  readonly #saidBy: Statement<Pick<SightingRow, "attribute" | "value">>;
  readonly #newestOfValue: Statement<Newest>;
  readonly #newestOfAttribute: Statement<Newest>;
  readonly #downHeard: Statement<{ heard: number | null }>;

  constructor(database: Database) {
    this.#byId = database.prepare("SELECT * FROM sighting WHERE id = ?");
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO sighting (id, attribute, value, type, date, counts, organisation, source, heard, muted, shown)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = database.prepare("UPDATE sighting SET deleted = ? WHERE id = ?");
    this.#move = database.prepare("UPDATE sighting SET value = ? WHERE id = ?");
    this.#expirations = database.prepare(
      `SELECT * FROM sighting
       WHERE attribute = ? AND type = ${SightingType.expired} AND organisation = ? AND deleted = 0`,
    );
    this.#between = database.prepare("SELECT * FROM sighting WHERE date BETWEEN ? AND ? AND deleted = 0");
    this.#ofAttribute = database.prepare("SELECT * FROM sighting WHERE attribute = ? AND deleted = 0");
    this.#count = database.prepare("SELECT count(*) AS count FROM (SELECT 1 FROM sighting WHERE date >= 0 LIMIT ?)");
    this.#loud = database.prepare(
      `SELECT count(*) AS count FROM (SELECT 1 FROM sighting
       WHERE organisation = ? AND type = ${SightingType.falsePositive} AND counts > ? AND counts <= ? AND muted = 0
       LIMIT ${LOUDEST.count})`,
    );
    this.#voicesOfValue = database.prepare(voices("value"));
    this.#voicesOfAttribute = database.prepare(voices("attribute"));
    this.#saidBy = database.prepare("SELECT attribute, value FROM sighting WHERE organisation = ? AND deleted = 0");
    this.#newestOfValue = database.prepare(newest("value"));
    this.#newestOfAttribute = database.prepare(newest("attribute"));
    this.#downHeard = database.prepare(
      `SELECT max(heard) AS heard FROM sighting
       WHERE value = ? AND type IN (${SightingType.falsePositive}, ${SightingType.expired}) AND deleted = 0 AND muted = 0`,
    );
  }

  get(id: number): SightingRow | undefined {
    return this.#byId.get(id);
  }

  put(row: Omit<SightingRow, "deleted">): void {
    const { id, attribute, value, type, date, counts, organisation, source, heard, muted, shown } = row;
    this.#put.run(id, attribute, value, type, date, counts, organisation, source, heard, muted, shown);
  }

  /** How many there are, as far as `most`. */
  countUpTo(most: number): number {
    return this.#count.get(most)?.count ?? 0;
  }

  /** Whether an organisation said false positive so often in the hour before (Unix seconds) that one more does not count. */
  isTooLoud(organisation: number, at: number): boolean {
    return (this.#loud.get(organisation, at - LOUDEST.within, at)?.count ?? 0) >= LOUDEST.count;
  }

  /** What each organisation said of a value. */
  voicesOfValue(value: string): VoiceRow[] {
    return this.#voicesOfValue.all(value);
  }

  /** What each organisation said of an attribute. */
  voicesOfAttribute(attribute: number): VoiceRow[] {
    return this.#voicesOfAttribute.all(attribute);
  }

  /** What an organisation has sighted: a value, or (`null`) the attribute alone. */
  saidBy(organisation: number): Pick<SightingRow, "attribute" | "value">[] {
    return this.#saidBy.all(organisation);
  }

  /** @param at when that was heard, milliseconds */
  delete(id: number, at: number): void {
    this.#delete.run(at, id);
    this.doubted.delete(id);
  }

  /** It was of another value, or (`null`) of the attribute alone. */
  move(id: number, value: string | null): void {
    this.#move.run(value, id);
  }

  /** The expirations that an organisation gave to an attribute. */
  expirations(attribute: number, organisation: number): SightingRow[] {
    return this.#expirations.all(attribute, organisation);
  }

  ofAttribute(attribute: number): SightingRow[] {
    return this.#ofAttribute.all(attribute);
  }

  /** Those with dates in a span. */
  between(from: number, to: number): SightingRow[] {
    return this.#between.all(from, to);
  }

  /** The newest of each type that counts for a value. */
  thumbsOfValue(value: string): Thumbs {
    return thumbsOf(this.#newestOfValue.get(value));
  }

  /** When the last thumbs-down or expiration that counts for a value was heard, milliseconds. */
  downHeard(value: string): number {
    return this.#downHeard.get(value)?.heard ?? 0;
  }

  /** The newest of each type that was given to an attribute. */
  thumbsOfAttribute(attribute: number): Thumbs {
    return thumbsOf(this.#newestOfAttribute.get(attribute));
  }
}

type Newest = { [Column in keyof Thumbs]: number | null };

function voices(column: "value" | "attribute"): string {
  const of = (type: SightingType) => `max(CASE WHEN type = ${type} THEN counts ELSE 0 END)`;
  const { seen, falsePositive, expired } = SightingType;
  return `SELECT organisation, ${of(seen)} AS seen, ${of(falsePositive)} AS falsePositive, ${of(expired)} AS expired
          FROM sighting WHERE ${column} = ? AND deleted = 0 AND muted = 0 GROUP BY organisation`;
}

/**
 * Three look-ups in one index, each of which ends at its first row that is not deleted; one, and no row, where nobody has
 * ever said anything.
 */
function newest(column: "value" | "attribute"): string {
  const of = (type: SightingType) =>
    `(SELECT counts FROM sighting WHERE ${column} = ?1 AND type = ${type} AND deleted = 0 AND muted = 0 ORDER BY counts DESC LIMIT 1)`;
  const { seen, falsePositive, expired } = SightingType;
  return `SELECT ${of(seen)} AS seen, ${of(falsePositive)} AS falsePositive, ${of(expired)} AS expired
          WHERE EXISTS (SELECT 1 FROM sighting WHERE ${column} = ?1)`;
}

function thumbsOf(newest: Newest | undefined): Thumbs {
  return { seen: newest?.seen ?? 0, falsePositive: newest?.falsePositive ?? 0, expired: newest?.expired ?? 0 };
}
