import type { CurationStep } from "../curation/curate-event.ts";
import type { Database, Statement } from "./database.ts";

/** Which events were curated as of which change, and what was written to MISP for it. */
export class CuratedEvents {
  readonly #clock: () => number;
  readonly #get: Statement<{ timestamp: number }>;
  readonly #put: Statement<never>;
  readonly #wrote: Statement<never>;
  readonly #forget: Statement<never>;
  readonly #warninglistHits: Statement<{ count: number }>;

  constructor(database: Database, clock: () => number) {
    this.#clock = clock;
    this.#get = database.prepare("SELECT timestamp FROM curated WHERE event = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO curated (event, timestamp) VALUES (?, ?)");
    this.#wrote = database.prepare("INSERT INTO misp_write (at, event, step, tag, answer) VALUES (?, ?, ?, ?, ?)");
    this.#forget = database.prepare(`DELETE FROM misp_write WHERE id <= (SELECT max(id) FROM misp_write) - ${KEPT}`);
    this.#warninglistHits = database.prepare(
      `SELECT count(DISTINCT a.id) AS count FROM attribute a JOIN support s ON s.attribute = a.id
       WHERE a.event = ? AND s.withheld = 'warninglist'`,
    );
  }

  /** Whether nothing has changed since this event was curated. Local tags and publications leave its timestamp as it is. */
  isDone(event: string, timestamp: number): boolean {
    return this.#get.get(event)?.timestamp === timestamp;
  }

  done(event: string, timestamp: number): void {
    this.#put.run(event, timestamp);
  }

  /** How many attributes of an event are withheld because of a warninglist; the event by its number in MISP. */
  warninglistHits(event: number): number {
    return this.#warninglistHits.get(event)?.count ?? 0;
  }

  /** Keeps a record of a write to MISP and of its answer. */
  wrote(event: string, step: CurationStep, answer: string): void {
    this.#wrote.run(this.#clock(), event, step.do, "tag" in step ? step.tag : null, answer);
    this.#forget.run();
  }
}

/** How many writes are kept on record, the newest. */
const KEPT = 100_000;
