import type { Database } from "./database/database.ts";
import { isTaken, type Statement } from "./database/statement.ts";
import { Recent } from "./recent.ts";
import { nameInRecord, spanOf, uuidIn } from "./recorded.ts";

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

export const COLUMNS: readonly (keyof AttributeRow)[] = [
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

/** Whatever an attribute is told to be, it keeps its number and its UUID. */
const CHANGING = COLUMNS.slice(2);

/** How many rows are read at once. */
const SLICE = 1_000;

/** The attributes table. */
export class Attributes {
  readonly recent = new Recent<number, AttributeRow>();
  /** No row has a higher number: of most new attributes that says at once that they are new. */
  #highest: number;
  readonly #byId: Statement<AttributeRow>;
  readonly #byUuid: Statement<AttributeRow>;
  readonly #insert: Statement<never>;
  readonly #updates = new Map<string, Statement<never>>();
  readonly #database: Database;
  readonly #remove: Statement<never>;
  readonly #renumberEvent: Statement<never>;
  readonly #ofEvent: Statement<AttributeRow>;
  readonly #changedAt: Statement<{ id: number }>;
  readonly #thereAt: Statement<{ uuid: string }>;
  readonly #all: Statement<AttributeRow>;
  readonly #ofRecord: Statement<AttributeRow>;
  readonly #notHeardSince: Statement<AttributeRow>;

  constructor(database: Database) {
    this.#database = database;
    this.#byId = database.prepare("SELECT * FROM attribute WHERE id = ?");
    this.#byUuid = database.prepare("SELECT * FROM attribute WHERE event = ? AND uuid = ?");
    this.#insert = database.prepare(
      `INSERT INTO attribute (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})`,
    );
    this.#remove = database.prepare("DELETE FROM attribute WHERE id = ?");
    this.#renumberEvent = database.prepare("UPDATE OR IGNORE attribute SET event = ? WHERE event = ?");
    this.#ofEvent = database.prepare("SELECT * FROM attribute WHERE event = ? AND id > ? ORDER BY id LIMIT ?");
    this.#changedAt = database.prepare("SELECT id FROM attribute WHERE event = ? AND timestamp = ? LIMIT 1");
    this.#thereAt = database.prepare("SELECT uuid FROM attribute WHERE event = ? AND deleted = 0 AND timestamp <= ?");
    this.#highest = database.prepare<{ id: number | null }>("SELECT max(id) AS id FROM attribute").get()?.id ?? 0;
    this.#all = database.prepare("SELECT * FROM attribute WHERE id > ? ORDER BY id LIMIT ?");
    this.#ofRecord = database.prepare("SELECT * FROM attribute WHERE uuid >= ? AND uuid < ? AND instr(uuid, '#') > 0");
    this.#notHeardSince = database.prepare("SELECT * FROM attribute WHERE id > ? AND id <= ? AND heard < ?");
  }

  get(id: number): AttributeRow | undefined {
    const recent = this.recent.get(id);
    if (recent || id > this.#highest) return recent;
    const row = this.#byId.get(id);
    return row && this.recent.set(id, row);
  }

  /** The one of an event that has a UUID. */
  byUuid(event: number, uuid: string): AttributeRow | undefined {
    return this.#byUuid.get(event, uuid);
  }

  /** @returns false when another row of its event has its UUID, and nothing is inserted */
  insert(row: AttributeRow): boolean {
    try {
      this.#insert.run(row.id, row.uuid, ...CHANGING.map((column) => row[column]));
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
    this.#highest = Math.max(this.#highest, row.id);
    this.recent.set(row.id, row);
    return true;
  }

  /** @param before how it was; the UUID stays */
  update(row: AttributeRow, before: AttributeRow): void {
    const changed = CHANGING.filter((column) => row[column] !== before[column]);
    if (changed.length > 0) this.#updateOf(changed).run(...changed.map((column) => row[column]), row.id);
    this.recent.set(row.id, row);
  }

  /** What stays as it is costs nothing: neither to be handed over, nor a look into its index. */
  #updateOf(columns: readonly string[]): Statement<never> {
    const names = columns.map((column) => `${column} = ?`).join(", ");
    const known = this.#updates.get(names);
    if (known) return known;
    const statement = this.#database.prepare<never>(`UPDATE attribute SET ${names} WHERE id = ?`);
    this.#updates.set(names, statement);
    return statement;
  }

  remove(id: number): void {
    this.#remove.run(id);
    this.recent.delete(id);
  }

  /** An event has another number now; what is known under that one already stays as it is. */
  renumberEvent(former: number, now: number): void {
    this.#renumberEvent.run(now, former);
    this.recent.clear();
  }

  /** Whether an event has an attribute that was last changed at this time, Unix seconds. */
  anyOf(event: number, timestamp: number): boolean {
    return this.#changedAt.get(event, timestamp) !== undefined;
  }

  /** The UUIDs of an event's attributes that are there and were last changed up to this time, Unix seconds. */
  thereAt(event: number, timestamp: number): string[] {
    return this.#thereAt.list(event, timestamp).map(({ uuid }) => uuid);
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
    // An origin may go on with the mark where the name of another ends: theirs stand among them.
    return this.#ofRecord.all(...spanOf(name)).filter(({ uuid }) => nameInRecord(name, uuidIn(uuid)) === uuid);
  }

  /** Of those with numbers after one and up to another, the ones that were last told of in an earlier reading. */
  notHeardSince(reading: number, after: number, through: number): AttributeRow[] {
    return this.#notHeardSince.list(after, through, reading);
  }

  /** The next attributes of an event (0: of all events) after an id, in the order of ids. */
  following(event: number, after: number, limit: number): AttributeRow[] {
    return event === 0 ? this.#all.list(after, limit) : this.#ofEvent.list(event, after, limit);
  }

  /** All attributes of an event, a slice at a time. */
  *of(event: number): Generator<AttributeRow> {
    for (let after = 0; ; ) {
      const slice = this.following(event, after, SLICE);
      yield* slice;
      const last = slice.at(-1);
      if (!last || slice.length < SLICE) return;
      after = last.id;
    }
  }
}
