import type { CourierConfig } from "../config/schema.ts";
import { timeToLive } from "../curation/ttl.ts";
import { type LoadCursor, type LoadQuery, loadPage } from "../misp/first-load.ts";
import type { Notice } from "../model/notice.ts";
import type { CatchUpOptions } from "./catch-up.ts";

/** Where the first load stands, or `done`. */
const LOADED = "first-load";

interface Stand {
  /** Which of the queries is under way. */
  query: number;
  cursor: LoadCursor;
  /** Attributes read so far. */
  done: number;
}

/**
 * Reads what MISP holds, once, page by page; after a crash it goes on where it was.
 * @param since reads it again from this time, Unix seconds
 * @returns how many attributes were read
 */
export async function firstLoad(options: CatchUpOptions, since?: number): Promise<number> {
  const { ledger, config, clock } = options;
  const saved = ledger.fact(LOADED);
  if (since === undefined && saved === DONE) return 0;
  const queries = since === undefined ? queriesOf(config, Math.floor(clock() / 1000)) : [{ types: null, since }];
  const stand: Stand = since === undefined && saved ? JSON.parse(saved) : begin(0, 0);
  while (stand.query < queries.length) await load(queries, stand, options);
  return stand.done;
}

const DONE = "done";

function begin(query: number, done: number): Stand {
  return { query, cursor: { since: 0, page: 1 }, done };
}

async function load(queries: readonly LoadQuery[], stand: Stand, options: CatchUpOptions): Promise<void> {
  const { client, clock, signal, config, log, answer, progress } = options;
  const query = queries[stand.query];
  if (!query) return;
  const page = await loadPage(client, query, stand.cursor, clock, signal);
  if (page.unreadable > 0) log.warn("Attributes that cannot be read are skipped", { attributes: page.unreadable });
  const done = stand.done + page.rows;
  Object.assign(stand, page.next ? { cursor: page.next, done } : begin(stand.query + 1, done));
  const now = Math.floor(page.asked / 1000);
  const living = page.notices.filter((notice) => mayLive(notice, config, now));
  await answer(living, page.asked, { [LOADED]: stand.query < queries.length ? JSON.stringify(stand) : DONE });
  progress?.({ phase: "attributes", done });
}

/** What the first load asks for: from the beginning what never runs out, and of the rest what may still be alive. */
function queriesOf({ misp, indicators }: CourierConfig, now: number): LoadQuery[] {
  const { first_load } = misp.catch_up;
  if (first_load.kind === "ago") return [{ types: null, since: now - first_load.seconds }];
  if (first_load.kind === "since") return [{ types: null, since: first_load.time }];
  const table = Object.entries(indicators.ttl);
  if (indicators.ttl.default === null) return [{ types: null, since: 0 }];
  const never = table.filter(([, ttl]) => ttl === null).map(([type]) => type);
  const longest = table.reduce((most, [, ttl]) => Math.max(most, ttl ?? 0), 0);
  return [...(never.length > 0 ? [{ types: never, since: 0 }] : []), { types: null, since: now - longest }];
}

/** The longest TTL decides how far back is asked; of types with a shorter one, what ran out long ago is left where it is. */
function mayLive(notice: Notice, { misp, indicators, targets }: CourierConfig, now: number): boolean {
  if (notice.kind !== "attribute" || misp.catch_up.first_load.kind !== "ttl") return true;
  const { type, timestamp, lastSeen } = notice.attribute;
  const tables = [indicators.ttl, ...Object.values(targets).map(({ ttl }) => ttl)];
  const longest = tables.map((table) => timeToLive(table, type)).reduce(longer);
  return longest === null || Math.max(timestamp, lastSeen ?? 0) + longest > now;
}

function longer(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}
