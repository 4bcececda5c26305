import type { CurationStep } from "../curation/curate-event.ts";
import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";

/** As much of an attribute as tells whether a warninglist warns of it. */
export interface CuratedAttribute {
  id: number;
  type: string;
  value: string;
  toIds: number;
}

/** An event that is to be curated. */
export interface AwaitedEvent {
  uuid: string;
  /** UUID of the organisation that wrote it; `null`: the ledger does not know. */
  creator: string | null;
}

interface Write {
  at: number;
  event: string;
  step: CurationStep;
  answer: string;
}

/** How many writes are kept on record, the newest. */
const KEPT = 100_000;
/** What comes within so many milliseconds is saved at once: in a rush, the disk would be most of the work. */
const GATHER = { first: 20, again: 1_000 };
/** In place of the change as of which an event was curated: it still is to be. */
const AWAITED = -1;

/**
 * Which events were curated as of which change, and what was written to MISP for it. A crash may forget the last moments: an
 * event is then looked at once more, and found to lack nothing.
 */
export class CuratedEvents implements Disposable {
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #get: Statement<{ timestamp: number }>;
  readonly #put: Statement<never>;
  readonly #drop: Statement<never>;
  readonly #awaited: Statement<AwaitedEvent>;
  readonly #wrote: Statement<never>;
  readonly #forget: Statement<never>;
  readonly #attributes: Statement<CuratedAttribute>;
  /** Not saved yet; `undefined`: nothing is to be known of the event. */
  readonly #done = new Map<string, number | undefined>();
  #writes: Write[] = [];
  #saving: NodeJS.Timeout | undefined;

  constructor(database: Database, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
    this.#get = database.prepare("SELECT timestamp FROM curated WHERE event = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO curated (event, timestamp) VALUES (?, ?)");
    this.#drop = database.prepare("DELETE FROM curated WHERE event = ?");
    this.#awaited = database.prepare(
      `SELECT c.event AS uuid, e.creator_uuid AS creator FROM curated c LEFT JOIN event e ON e.uuid = c.event
       WHERE c.timestamp = ${AWAITED}`,
    );
    this.#wrote = database.prepare("INSERT INTO misp_write (at, event, step, tag, answer) VALUES (?, ?, ?, ?, ?)");
    this.#forget = database.prepare(`DELETE FROM misp_write WHERE id <= (SELECT max(id) FROM misp_write) - ${KEPT}`);
    this.#attributes = database.prepare(
      `SELECT id, type, value, to_ids AS toIds FROM attribute
       WHERE event = ? AND id > ? AND deleted = 0 ORDER BY id LIMIT ?`,
    );
  }

  /** Whether nothing has changed since this event was curated. Local tags and publications leave its timestamp as it is. */
  isDone(event: string, timestamp: number): boolean {
    return this.#asOf(event) === timestamp;
  }

  /** These are to be curated, of which nothing will tell again; saved at once, unless the disk is full. */
  awaits(events: readonly string[]): void {
    for (const event of events) this.#done.set(event, AWAITED);
    this.#saveNow();
  }

  /** Events that are to be curated, whatever was stopped or killed since. */
  get awaited(): AwaitedEvent[] {
    return this.#awaited.all();
  }

  /** An event that was awaited needs no curation. */
  letGo(event: string): void {
    if (this.#asOf(event) !== AWAITED) return;
    this.#done.set(event, undefined);
    this.#saveIn(GATHER.first);
  }

  done(event: string, timestamp: number): void {
    this.#done.set(event, timestamp);
    this.#saveIn(GATHER.first);
  }

  /** The next attributes of an event (by its number in MISP) after an id, in the order of ids; without deleted ones. */
  attributes(event: number, after: number, limit: number): CuratedAttribute[] {
    return this.#attributes.all(event, after, limit);
  }

  /** Keeps a record of a write to MISP and of its answer. */
  wrote(event: string, step: CurationStep, answer: string): void {
    this.#writes.push({ at: this.#clock(), event, step, answer });
    this.#saveIn(GATHER.first);
  }

  /** Saves what is left. */
  [Symbol.dispose](): void {
    clearTimeout(this.#saving);
    this.#save();
  }

  #asOf(event: string): number | undefined {
    return this.#done.has(event) ? this.#done.get(event) : this.#get.get(event)?.timestamp;
  }

  #saveIn(milliseconds: number): void {
    this.#saving ??= setTimeout(() => {
      this.#saving = undefined;
      this.#saveNow();
    }, milliseconds);
  }

  #saveNow(): void {
    try {
      this.#save();
    } catch {
      // The disk is full, or busy: intake says so, and this waits as well.
      this.#saveIn(GATHER.again);
    }
  }

  #save(): void {
    if (this.#writes.length + this.#done.size === 0) return;
    this.#database.transaction(() => {
      for (const { at, event, step, answer } of this.#writes) {
        this.#wrote.run(at, event, step.do, "tag" in step ? step.tag : null, answer);
      }
      for (const [event, timestamp] of this.#done) {
        if (timestamp === undefined) this.#drop.run(event);
        else this.#put.run(event, timestamp);
      }
      this.#forget.run();
    });
    this.#writes = [];
    this.#done.clear();
  }
}
