import type { CurationStep } from "../curation/curate-event.ts";
import type { Database, Statement } from "./database.ts";

/** As much of an attribute as tells whether a warninglist warns of it. */
export interface CuratedAttribute {
  id: number;
  type: string;
  value: string;
  toIds: number;
}

/** Which events were curated as of which change, and what was written to MISP for it. */
export class CuratedEvents {
  readonly #clock: () => number;
  readonly #get: Statement<{ timestamp: number }>;
  readonly #put: Statement<never>;
  readonly #wrote: Statement<never>;
  readonly #forget: Statement<never>;
  readonly #attributes: Statement<CuratedAttribute>;

  constructor(database: Database, clock: () => number) {
    this.#clock = clock;
    this.#get = database.prepare("SELECT timestamp FROM curated WHERE event = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO curated (event, timestamp) VALUES (?, ?)");
    this.#wrote = database.prepare("INSERT INTO misp_write (at, event, step, tag, answer) VALUES (?, ?, ?, ?, ?)");
    this.#forget = database.prepare(`DELETE FROM misp_write WHERE id <= (SELECT max(id) FROM misp_write) - ${KEPT}`);
    this.#attributes = database.prepare(
      `SELECT id, type, value, to_ids AS toIds FROM attribute
       WHERE event = ? AND id > ? AND deleted = 0 ORDER BY id LIMIT ?`,
    );
  }

  /** Whether nothing has changed since this event was curated. Local tags and publications leave its timestamp as it is. */
  isDone(event: string, timestamp: number): boolean {
    return this.#get.get(event)?.timestamp === timestamp;
  }

  done(event: string, timestamp: number): void {
    this.#put.run(event, timestamp);
  }

  /** The next attributes of an event (by its number in MISP) after an id, in the order of ids; without deleted ones. */
  attributes(event: number, after: number, limit: number): CuratedAttribute[] {
    return this.#attributes.all(event, after, limit);
  }

  /** Keeps a record of a write to MISP and of its answer. */
  wrote(event: string, step: CurationStep, answer: string): void {
    this.#wrote.run(this.#clock(), event, step.do, "tag" in step ? step.tag : null, answer);
    this.#forget.run();
  }
}

/** How many writes are kept on record, the newest. */
const KEPT = 100_000;
