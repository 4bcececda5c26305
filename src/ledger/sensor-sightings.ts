import type { SensorSighting } from "../model/sensed.ts";
import { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";
import { formsOf } from "./forms-of-value.ts";

/** One that waits for MISP. */
export interface WaitingSighting extends SensorSighting {
  id: number;
  /** It was sent before, and nobody knows whether it arrived. */
  doubt: number;
  /** How often MISP failed at it while it took others. */
  strikes: number;
}

/** How many wait, and how many MISP took and refused ever. */
export interface SensorFigures {
  waiting: number;
  posted: number;
  refused: number;
}

/** More than these do not wait. */
const MOST = 100_000;
/** The same of the same sensor within so many seconds is one sighting. */
const SAME = 600;
/** How long one is remembered after it was taken, so that it is known when it is told again; milliseconds. */
const REMEMBERED = 3_600_000;

/** Nothing is put off for longer, milliseconds: MISP may ask for a day. */
const LONGEST_WAIT = 25 * 3_600_000;

const WAITING = "SELECT count(*) AS count FROM sensed WHERE due IS NOT NULL";

/** What sensors saw and MISP has yet to hear of, on disk. */
export class SensorSightings implements Disposable {
  readonly #database: Database;
  readonly #same: Statement<{ id: number }>;
  readonly #add: Statement<never>;
  readonly #next: Statement<WaitingSighting>;
  readonly #forgotten: Statement<WaitingSighting>;
  readonly #waiting: Statement<{ count: number }>;
  readonly #known: Statement<{ value: string }>;
  readonly #bearers: Statement<{ uuid: string; type: string }>;
  readonly #begin: Statement<never>;
  readonly #later: Statement<never>;
  readonly #finish: Statement<never>;
  readonly #count: Statement<never>;
  readonly #forget: Statement<never>;
  /** How many more there is room for at the least: others only make room. */
  #room = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#same = database.prepare(
      "SELECT id FROM sensed WHERE subject = ? AND type = ? AND source = ? AND date > ? AND date < ? LIMIT 1",
    );
    this.#add = database.prepare(
      "INSERT INTO sensed (subject, attribute, type, date, source, heard, due) VALUES (?, ?, ?, ?, ?, ?, 0)",
    );
    const next = "SELECT id, subject, attribute, type, date, source, doubt, strikes FROM sensed";
    this.#next = database.prepare(`${next} WHERE due <= ? ORDER BY due, id LIMIT 1`);
    this.#forgotten = database.prepare(`${next} WHERE due > ? LIMIT 1`);
    this.#waiting = database.prepare(WAITING);
    this.#known = database.prepare(
      "SELECT value FROM indicator WHERE value IN (SELECT value FROM json_each(?)) LIMIT 1",
    );
    this.#bearers = database.prepare(
      `SELECT DISTINCT a.uuid, a.type FROM indicator i JOIN support s ON s.indicator = i.id JOIN attribute a ON a.id = s.attribute
       WHERE i.value IN (SELECT value FROM json_each(?)) AND a.deleted = 0 LIMIT 2`,
    );
    this.#begin = database.prepare("UPDATE sensed SET attribute = ?, doubt = 1, due = ? WHERE id = ?");
    this.#later = database.prepare("UPDATE sensed SET due = ?, strikes = ? WHERE id = ?");
    this.#finish = database.prepare("UPDATE sensed SET due = NULL WHERE id = ?");
    this.#count = database.prepare(
      "INSERT INTO fact (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
    );
    this.#forget = database.prepare("DELETE FROM sensed WHERE due IS NULL AND heard <= ?");
  }

  /** Opens those in the ledger at `file` beside the courier that runs on it; to be disposed of. */
  static open(file: string): SensorSightings {
    return new SensorSightings(Database.open(file));
  }

  /** How they stand, read in any ledger. */
  static figures(database: Database): SensorFigures {
    const fact = database.prepare<{ value: string }>("SELECT value FROM fact WHERE name = ?");
    return {
      waiting: database.prepare<{ count: number }>(WAITING).get()?.count ?? 0,
      posted: Number(fact.get(FACTS.posted)?.value ?? 0),
      refused: Number(fact.get(FACTS.refused)?.value ?? 0),
    };
  }

  /**
   * Takes what sensors saw; it is on disk when this returns.
   * @param now milliseconds
   * @returns how many are new, and how many were told before; `undefined`: there is no room for them, and none was taken
   */
  take(sightings: readonly SensorSighting[], now: number): { taken: number; known: number } | undefined {
    if (!this.#hasRoomFor(sightings.length)) return undefined;
    const taken = this.#database.durably(() => sightings.filter((sighting) => this.#takeOne(sighting, now)).length);
    this.#room -= taken;
    return { taken, known: sightings.length - taken };
  }

  /** The one whose turn it is, in the order in which they were taken; last, what a clock that was far ahead has put off. */
  next(now: number): WaitingSighting | undefined {
    return this.#next.get(now) ?? this.#forgotten.get(now + LONGEST_WAIT);
  }

  /**
   * UUID of the one attribute that has the value; `undefined` when there are none, or several, which MISP finds by the value.
   * A pair it finds by its halves alone: of several that have it, it is one.
   */
  attributeWith(value: string): string | undefined {
    const [first, ...others] = this.#bearers.all(JSON.stringify(formsOf(value)));
    const isPair = value.includes("|") && first?.type.includes("|");
    return others.length === 0 || isPair ? first?.uuid : undefined;
  }

  /** It is about to be sent: from here on MISP may have it. Should nothing more be heard of it, it waits until `due`, milliseconds. */
  begin(id: number, attribute: string | null, due: number): void {
    this.#begin.run(attribute, due, id);
  }

  /** It waits until `due`, milliseconds. */
  later(id: number, due: number, strikes: number): void {
    this.#later.run(due, strikes, id);
  }

  /** MISP has it, or will never take it. */
  finish(id: number, outcome: "posted" | "refused", now: number): void {
    this.#database.transaction(() => {
      this.#finish.run(id);
      this.#count.run(FACTS[outcome]);
      this.#forget.run(now - REMEMBERED);
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #hasRoomFor(count: number): boolean {
    if (this.#room < count) this.#room = MOST - (this.#waiting.get()?.count ?? 0);
    return this.#room >= count;
  }

  #takeOne({ subject: told, attribute, type, date, source }: SensorSighting, now: number): boolean {
    const subject = attribute === null ? this.#asKnown(told) : told;
    if (this.#same.get(subject, type, source, date - SAME, date + SAME)) return false;
    this.#add.run(subject, attribute, type, date, source, now);
    return true;
  }

  /** A value as the ledger has it: names come from sensors with a dot at their end, or in capitals at random. */
  #asKnown(value: string): string {
    // The very same comes first: in other capitals it may be another file.
    const known = this.#known.get(JSON.stringify([value])) ?? this.#known.get(JSON.stringify(formsOf(value)));
    return known?.value ?? value;
  }
}

const FACTS = { posted: "sensed-posted", refused: "sensed-refused" };
