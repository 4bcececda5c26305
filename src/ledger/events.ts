import { memo } from "../model/memo.ts";
import type { EventFacts } from "../model/misp.ts";
import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";
import { Recent } from "./recent.ts";

/** An event as the ledger remembers it. */
export interface EventRow {
  id: number;
  uuid: string;
  info: string;
  date: string;
  distribution: number;
  threat_level: number;
  creator_id: number;
  creator_uuid: string | null;
  creator_name: string | null;
  timestamp: number;
  known: number;
  deleted: number;
  withdrawn: number;
  published_through: number;
  confirmed: number;
  tags: string;
  told: number;
  listed: string;
}

const COLUMNS: readonly (keyof EventRow)[] = [
  "id",
  "uuid",
  "info",
  "date",
  "distribution",
  "threat_level",
  "creator_id",
  "creator_uuid",
  "creator_name",
  "timestamp",
  "known",
  "deleted",
  "withdrawn",
  "published_through",
  "confirmed",
  "tags",
  "told",
  "listed",
];

/** No list has an event like this: one that was read too early to be believed is read again. */
export const ASKED_EARLY = "~early";
/** Nor like this: one whose reading has begun, and is read again if it does not come to its end. */
export const BEING_READ = "~reading";

/** The events table, with the events of the moment in memory: each attribute message names its event again. */
export class Events {
  readonly recent = new Recent<number, EventRow>();
  readonly #byId: Statement<EventRow>;
  readonly #byUuid: Statement<EventRow>;
  readonly #put: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #list: Statement<never>;
  readonly #createdBy: Statement<{ id: number }>;
  readonly #listing: Statement<Pick<EventRow, "id" | "uuid" | "listed">>;
  readonly #last: Statement<{ id: number | null }>;
  readonly #unconfirmed: Statement<Pick<EventRow, "id" | "uuid">>;

  constructor(database: Database) {
    this.#byId = database.prepare("SELECT * FROM event WHERE id = ?");
    this.#byUuid = database.prepare("SELECT * FROM event WHERE uuid = ?");
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO event (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})`,
    );
    this.#remove = database.prepare("DELETE FROM event WHERE id = ?");
    this.#createdBy = database.prepare("SELECT id FROM event WHERE creator_uuid = ?");
    this.#list = database.prepare("UPDATE event SET listed = ? WHERE id = ?");
    this.#listing = database.prepare("SELECT id, uuid, listed FROM event WHERE deleted = 0 AND listed <> ''");
    this.#last = database.prepare("SELECT max(id) AS id FROM event");
    this.#unconfirmed = database.prepare(
      `SELECT id, uuid FROM event WHERE deleted = 0 AND listed = ''
       AND EXISTS (SELECT 1 FROM attribute WHERE attribute.event = event.id AND attribute.deleted = 0)`,
    );
  }

  get(id: number): EventRow | undefined {
    const recent = this.recent.get(id);
    if (recent) return recent;
    const row = this.#byId.get(id);
    return row && this.recent.set(id, row);
  }

  byUuid(uuid: string): EventRow | undefined {
    return this.#byUuid.get(uuid);
  }

  put(row: EventRow): void {
    this.#put.run(...COLUMNS.map((column) => row[column]));
    this.recent.set(row.id, row);
  }

  /** Remembers how MISP's list has an event. */
  list(row: EventRow, state: string): void {
    this.#list.run(state, row.id);
    this.recent.set(row.id, { ...row, listed: state });
  }

  /** Events that MISP has shown to our key, as its list had them. */
  listing(): Pick<EventRow, "id" | "uuid" | "listed">[] {
    return this.#listing.list();
  }

  /** Events with attributes that MISP has never shown to our key: only the feed spoke of them. */
  unconfirmed(): Pick<EventRow, "id" | "uuid">[] {
    return this.#unconfirmed.list();
  }

  /** A number for one that has none of MISP's. */
  nextId(): number {
    return (this.#last.get()?.id ?? 0) + 1;
  }

  /** The numbers of an organisation's events. */
  createdBy(uuid: string): number[] {
    return this.#createdBy.all(uuid).map(({ id }) => id);
  }

  remove(id: number): void {
    this.#remove.run(id);
    this.recent.delete(id);
  }
}

/** The row of an event that nothing is known of but what `facts` say. */
export function newEvent(facts: EventFacts, known: boolean): EventRow {
  return {
    ...described(facts),
    id: facts.id,
    uuid: facts.uuid,
    timestamp: facts.timestamp ?? 0,
    known: known ? 1 : 0,
    deleted: 0,
    withdrawn: 0,
    published_through: 0,
    confirmed: 0,
    tags: JSON.stringify(facts.tags ?? []),
    told: 0,
    listed: "",
  };
}

/** The columns that an edit of the event may change. */
export function described(
  facts: EventFacts,
): Pick<EventRow, "info" | "date" | "distribution" | "threat_level" | "creator_id" | "creator_uuid" | "creator_name"> {
  return {
    info: facts.info,
    date: facts.date,
    distribution: facts.distribution,
    threat_level: facts.threatLevel,
    creator_id: facts.creator.id,
    creator_uuid: facts.creator.uuid,
    creator_name: facts.creator.name,
  };
}

export function tagsOf({ tags }: { tags: string }): readonly string[] {
  return namesIn(tags);
}

/** The same few combinations of tags stand on most attributes. */
const namesIn = memo((column): readonly string[] => JSON.parse(column));

/** Tag names as a column holds them: sorted, without repetition, so that equal sets are equal text. */
export function tagColumn(tags: readonly string[]): string {
  return JSON.stringify(tags.length < 2 ? tags : [...new Set(tags)].sort());
}

/** The tag column after one tag came or left. */
export function withTag(row: { tags: string }, name: string, attached: boolean): string {
  const others = tagsOf(row).filter((tag) => tag !== name);
  return tagColumn(attached ? [...others, name] : others);
}
