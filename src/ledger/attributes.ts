import type { Attribute } from "../model/misp.ts";
import type { Telling } from "../model/notice.ts";
import type { Database, Statement } from "./database.ts";
import { tagColumn, tagsOf } from "./events.ts";
import { Recent } from "./recent.ts";
import { spanOf } from "./recorded.ts";

/** An attribute as the ledger remembers it; an erased one stays, so that an old message cannot bring it back. */
export interface AttributeRow {
  id: number;
  uuid: string;
  event: number;
  type: string;
  value: string;
  category: string;
  to_ids: number;
  deleted: number;
  comment: string;
  timestamp: number;
  first_seen: number | null;
  last_seen: number | null;
  distribution: number;
  tags: string;
  heard: number;
  /** What another courier gave its indicator; `null`: a MISP told of it. */
  score: number | null;
}

export const SOFT_DELETED = 1;
export const ERASED = 2;
/** REST no longer tells it: erased, or deleted softly, which it does not tell either. */
export const MISSING = 3;

const COLUMNS: readonly (keyof AttributeRow)[] = [
  "id",
  "uuid",
  "event",
  "type",
  "value",
  "category",
  "to_ids",
  "deleted",
  "comment",
  "timestamp",
  "first_seen",
  "last_seen",
  "distribution",
  "tags",
  "heard",
  "score",
];

/** What an update writes: indexed columns that stay as they are would cost a look into their index each. */
const CHANGING = COLUMNS.slice(3);

/** The attributes table. */
export class Attributes {
  readonly recent = new Recent<number, AttributeRow>();
  /** No row has a higher number: of most new attributes that says at once that they are new. */
  #highest: number;
  readonly #byId: Statement<AttributeRow>;
  readonly #byUuid: Statement<AttributeRow>;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #move: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #ofEvent: Statement<AttributeRow>;
  readonly #changedAt: Statement<{ id: number }>;
  readonly #all: Statement<AttributeRow>;
  readonly #ofRecord: Statement<AttributeRow>;
  readonly #notHeardSince: Statement<AttributeRow>;

  constructor(database: Database) {
    this.#byId = database.prepare("SELECT * FROM attribute WHERE id = ?");
    this.#byUuid = database.prepare("SELECT * FROM attribute WHERE uuid = ?");
    this.#insert = database.prepare(
      `INSERT INTO attribute (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})`,
    );
    this.#update = database.prepare(
      `UPDATE attribute SET ${CHANGING.map((column) => `${column} = ?`).join(", ")} WHERE id = ?`,
    );
    this.#move = database.prepare("UPDATE attribute SET event = ? WHERE id = ?");
    this.#remove = database.prepare("DELETE FROM attribute WHERE id = ?");
    this.#ofEvent = database.prepare("SELECT * FROM attribute WHERE event = ? AND id > ? ORDER BY id LIMIT ?");
    this.#changedAt = database.prepare("SELECT id FROM attribute WHERE event = ? AND timestamp = ? LIMIT 1");
    this.#highest = database.prepare<{ id: number | null }>("SELECT max(id) AS id FROM attribute").get()?.id ?? 0;
    this.#all = database.prepare("SELECT * FROM attribute WHERE id > ? ORDER BY id LIMIT ?");
    this.#ofRecord = database.prepare("SELECT * FROM attribute WHERE uuid >= ? AND uuid < ?");
    this.#notHeardSince = database.prepare("SELECT * FROM attribute WHERE id > ? AND id <= ? AND heard < ?");
  }

  get(id: number): AttributeRow | undefined {
    const recent = this.recent.get(id);
    if (recent || id > this.#highest) return recent;
    const row = this.#byId.get(id);
    return row && this.recent.set(id, row);
  }

  byUuid(uuid: string): AttributeRow | undefined {
    return this.#byUuid.get(uuid);
  }

  insert(row: AttributeRow): void {
    this.#insert.run(row.id, row.uuid, row.event, ...CHANGING.map((column) => row[column]));
    this.#highest = Math.max(this.#highest, row.id);
    this.recent.set(row.id, row);
  }

  /** @param before how it was; the UUID stays */
  update(row: AttributeRow, before: AttributeRow): void {
    this.#update.run(...CHANGING.map((column) => row[column]), row.id);
    if (row.event !== before.event) this.#move.run(row.event, row.id);
    this.recent.set(row.id, row);
  }

  remove(id: number): void {
    this.#remove.run(id);
    this.recent.delete(id);
  }

  /** Whether an event has an attribute that was last changed at this time, Unix seconds. */
  anyOf(event: number, timestamp: number): boolean {
    return this.#changedAt.get(event, timestamp) !== undefined;
  }

  /** The highest number that any has had. */
  last(): number {
    return this.#highest;
  }

  /** A number for one that has none of MISP's. */
  nextId(): number {
    return this.#highest + 1;
  }

  /** Those that a record of another courier told of. */
  ofRecord(name: string): AttributeRow[] {
    return this.#ofRecord.all(...spanOf(name));
  }

  /** Of those with numbers after one and up to another, the ones that were last told of in an earlier reading. */
  notHeardSince(reading: number, after: number, through: number): AttributeRow[] {
    return this.#notHeardSince.all(after, through, reading);
  }

  /** The next attributes of an event (0: of all events) after an id, in the order of ids. */
  following(event: number, after: number, limit: number): AttributeRow[] {
    return event === 0 ? this.#all.all(after, limit) : this.#ofEvent.all(event, after, limit);
  }
}

export function newAttribute(told: Attribute, heard: number): AttributeRow {
  return rowOf(told, tagColumn(told.tags ?? []), heard);
}

/**
 * What remains of a known attribute when it is told again; `undefined` when nothing changes.
 * @param heard when the feed spoke, milliseconds; for an answer of REST, when it was asked
 */
export function retold(known: AttributeRow, told: Attribute, how: Telling, heard: number): AttributeRow | undefined {
  const wins = overrides(known, told, how, heard);
  if (!wins && !(how === "snapshot" && told.timestamp === known.timestamp)) return undefined;
  const tags = tagsAfter(known, told, how);
  const last = how === "answer" ? 0 : heard;
  const row = wins ? rowOf(told, tags, last) : { ...known, tags, heard: last };
  return same(row, known) ? undefined : row;
}

/** Whether an answer that does not count, since the feed spoke just before it was asked for, says something else all the same. */
export function isDoubted(known: AttributeRow, told: Attribute, asked: number): boolean {
  if (asked > known.heard + SETTLED) return false;
  return !same(rowOf(told, tagsAfter(known, told, "answer"), known.heard), known);
}

function overrides(known: AttributeRow, told: Attribute, how: Telling, heard: number): boolean {
  if (how === "answer" && heard > known.heard + SETTLED) return true;
  if (known.deleted === ERASED || told.timestamp < known.timestamp) return false;
  return told.timestamp > known.timestamp || (how === "edit" && known.deleted !== MISSING);
}

/** MISP sends a message before it commits: for this long, milliseconds, REST may still answer with what was before. */
export const SETTLED = 2_000;

function tagsAfter(known: AttributeRow, told: Attribute, how: Telling): string {
  if (told.tags === undefined) return known.tags;
  // A snapshot leaves out the tags that are not exportable.
  return tagColumn(how === "snapshot" ? [...tagsOf(known), ...told.tags] : told.tags);
}

function rowOf(told: Attribute, tags: string, heard: number): AttributeRow {
  return {
    id: told.id,
    uuid: told.uuid,
    event: told.eventId,
    type: told.type,
    value: told.value,
    category: told.category,
    to_ids: told.toIds ? 1 : 0,
    deleted: told.deleted ? SOFT_DELETED : 0,
    comment: told.comment,
    timestamp: told.timestamp,
    first_seen: told.firstSeen,
    last_seen: told.lastSeen,
    distribution: told.distribution,
    tags,
    heard,
    score: null,
  };
}

function same(one: AttributeRow, other: AttributeRow): boolean {
  return COLUMNS.every((column) => column === "heard" || one[column] === other[column]);
}
