import { type LoadCursor, type LoadQuery, loadPage, smallerPage } from "../../misp/first-load.ts";
import type { Notice } from "../../model/notice.ts";
import { covers, queriesOf, type Reach, reachOf, reachOfAttribute, together } from "./load-reach.ts";
import type { CatchUpOptions } from "./options.ts";

/** The load that is under way, as {@link Stand}; empty: none is. And how far back MISP was read, as {@link Reach}. */
const LOADING = "loading";
const LOADED = "loaded";

/** Where a load stands. */
interface Stand {
  reach: Reach;
  /** Which of the queries is under way. */
  query: number;
  cursor: LoadCursor;
  /** Attributes read so far. */
  done: number;
}

/**
 * Reads what MISP holds, once, page by page; after a crash it goes on where it was. Where the configuration came to want more
 * than was read, it is read again.
 * @param since reads it again from this time, Unix seconds; what was never read comes first, or the rest would pass for gone
 * @returns how many attributes were read
 */
export async function firstLoad(options: CatchUpOptions, since?: number): Promise<number> {
  let read = 0;
  let isReadAgain = since === undefined;
  for (let stand = unfinished(options); stand; stand = unfinished(options)) {
    // One that was asked for and failed in the middle goes on where it was as well.
    isReadAgain ||= stand.reach.default === since;
    read += await loadAll(stand, options);
  }
  if (!isReadAgain && since !== undefined) read += await loadAll(begin({ default: since }), options);
  return read;
}

async function loadAll(stand: Stand, options: CatchUpOptions): Promise<number> {
  const queries = queriesOf(stand.reach);
  for (let query = queries[stand.query]; query; query = queries[stand.query]) {
    await load(query, stand, queries.length, options);
  }
  return stand.done;
}

function unfinished({ ledger, config, clock }: CatchUpOptions): Stand | undefined {
  const saved = ledger.fact(LOADING);
  if (saved) return JSON.parse(saved);
  const read = ledger.fact(LOADED);
  const wanted = reachOf(config, Math.floor(clock() / 1000));
  return read && covers(JSON.parse(read), wanted) ? undefined : begin(wanted);
}

function begin(reach: Reach): Stand {
  return { reach, query: 0, cursor: { since: 0, page: 1 }, done: 0 };
}

async function load(query: LoadQuery, stand: Stand, queries: number, options: CatchUpOptions): Promise<void> {
  const { ledger, client, clock, signal, log, answer, progress } = options;
  const page = await loadPage(client, query, stand.cursor, clock, signal).catch((error: unknown) => {
    const smaller = signal.aborted ? undefined : smallerPage(stand.cursor, error);
    if (!smaller) throw error;
    log.info("MISP cannot give so many attributes at once; fewer are asked for", { attributes: smaller.limit, error });
    stand.cursor = smaller;
    ledger.note(LOADING, JSON.stringify(stand));
  });
  if (!page) return;
  const [reason, ...others] = page.unreadable;
  if (reason) log.warn("Attributes that cannot be read are skipped", { attributes: others.length + 1, reason });
  stand.done += page.rows;
  stand.cursor = page.next ?? { since: 0, page: 1 };
  if (!page.next) stand.query += 1;
  const facts =
    stand.query < queries
      ? { [LOADING]: JSON.stringify(stand) }
      : { [LOADING]: "", [LOADED]: JSON.stringify(withAllBefore(stand.reach, ledger.fact(LOADED))) };
  const living = page.notices.filter((notice) => mayLive(notice, stand.reach));
  await answer(living, page.asked, facts);
  progress?.({ phase: "attributes", done: stand.done });
}

function withAllBefore(reach: Reach, read: string | undefined): Reach {
  return read ? together(reach, JSON.parse(read)) : reach;
}

/** The longest TTL decides how far back is asked; of types with a shorter one, what ran out long ago is left where it is. */
function mayLive(notice: Notice, reach: Reach): boolean {
  if (notice.kind !== "attribute") return true;
  const { type, timestamp, lastSeen } = notice.attribute;
  return Math.max(timestamp, lastSeen ?? 0) >= reachOfAttribute(reach, type);
}
