import { expiry, type TimesToLive } from "../../curation/ttl.ts";
import type { Entry } from "../../model/delta.ts";
import { isComposite } from "../../model/indicator.ts";
import { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import { Supporters } from "../delta/supporters.ts";
import type { IndicatorRow } from "../indicators.ts";

export interface ExportOptions {
  ttl: TimesToLive;
  /** Only what an event holds up that was published at or after this, Unix seconds. */
  publishedSince: number | undefined;
  /** Unix seconds. What ran out by then, of which a ledger that is no longer kept tells nothing, is left out. */
  now: number;
  /** Whether sightings of a composite attribute say that it holds nothing up. */
  isDown: (attribute: number) => boolean;
}

/** An active indicator with when it last changed, Unix seconds. */
export interface Exported {
  entry: Entry;
  changed: number;
}

/** How many indicators one look at the ledger reads. */
const PAGE = 500;

/** All active indicators of a ledger, page by page, beside a courier that works on it or without one. */
export class LedgerExport implements Disposable {
  readonly #database: Database;
  readonly #page: Statement<IndicatorRow>;
  readonly #supporters: Supporters;
  readonly #options: ExportOptions;

  /** @throws StateMissing when there is no ledger at `file` */
  constructor(file: string, options: ExportOptions) {
    this.#database = Database.read(file);
    this.#options = options;
    this.#supporters = new Supporters(this.#database, options.isDown);
    this.#page = this.#database.prepare(
      `SELECT * FROM indicator i WHERE i.id > ? AND i.withheld IS NULL AND (? OR EXISTS (
         SELECT 1 FROM support s JOIN attribute a ON a.id = s.attribute JOIN event e ON e.id = a.event
         WHERE s.indicator = i.id AND s.withheld IS NULL AND e.published_through >= ?))
       ORDER BY i.id LIMIT ${PAGE}`,
    );
  }

  *pages(): Generator<Exported[]> {
    const { publishedSince } = this.#options;
    for (let after = 0; ; ) {
      const rows = this.#page.list(after, publishedSince === undefined ? 1 : 0, publishedSince ?? 0);
      const simple = rows.filter(({ type }) => !isComposite(type));
      yield simple.filter((row) => !this.#ranOut(row)).map((row) => this.#exported(row));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.id;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #ranOut({ type, reference }: IndicatorRow): boolean {
    const { ttl, now } = this.#options;
    const expires = expiry(ttl, type, reference);
    return expires !== null && expires <= now;
  }

  #exported({ id, type, value, score, reference, since }: IndicatorRow): Exported {
    const origins = this.#supporters.origins(id);
    const expires = expiry(this.#options.ttl, type, reference);
    const newest = Math.max(Math.floor(since / 1000), ...origins.map(({ timestamp }) => timestamp));
    return { entry: { type, value, score, reference, expires, origins }, changed: newest };
  }
}
