import type { Notice } from "../model/notice.ts";
import { attributeOf, eventOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { isObject, type Json, numberOr, textAt } from "./coerce.ts";
import { END_OF_TIME } from "./end-of-time.ts";
import { fewerRows, MOST_ROWS, moreRows } from "./page-size.ts";

/** What one search of the first load asks for; times are Unix seconds. */
export interface LoadQuery {
  /** `null`: all. */
  types: readonly string[] | null;
  /** Changed since then. */
  since: number;
  /** Changed before this time, and last seen after it; without it, whenever it was last seen. */
  seen?: number;
}

/** Where a search stands: pages of what changed since `since`, `page` pages of which were read. */
export interface LoadCursor {
  since: number;
  page: number;
  /** How many rows a page has, where MISP could not give as many as usual. */
  limit?: number;
}

export interface LoadPage {
  notices: Notice[];
  rows: number;
  /** Why rows could not be read. */
  unreadable: string[];
  /** When MISP was asked, milliseconds. */
  asked: number;
  /** Where the next page begins; `undefined` after the last. */
  next: LoadCursor | undefined;
}

/** Those of one second by their number: else the database may give them in another order for each page, and some in none. */
const ORDER = "timestamp asc,id asc";

/**
 * Reads attributes with their IDS flag set, oldest change first. A page begins where the one before ended, by time and not by
 * number: what is deleted meanwhile cannot push a row from one page into another that was read already, and the thousandth
 * page costs MISP no more than the first.
 */
export async function loadPage(
  client: MispClient,
  { types, since, seen }: LoadQuery,
  cursor: LoadCursor,
  clock: () => number,
  signal: AbortSignal,
): Promise<LoadPage> {
  const asked = clock();
  const from = Math.max(since, cursor.since);
  const { limit = MOST_ROWS } = cursor;
  const query = {
    to_ids: 1,
    ...(types ? { type: types } : {}),
    ...(seen !== undefined ? { timestamp: [from, seen], last_seen: [seen, END_OF_TIME] } : {}),
    ...(seen === undefined && from > 0 ? { timestamp: [from, END_OF_TIME] } : {}),
    includeContext: 1,
    includeAllTags: 1,
    order: ORDER,
    limit,
    page: cursor.page,
  };
  const { rows, skipped, found } = await client.searchAttributes(query, signal);
  const read = rows.map(readRow);
  const notices = read.flatMap((row) => (typeof row === "string" ? [] : row));
  // One that cannot search by when attributes were seen answers with all of them.
  const heeds = seen === undefined || notices.every(({ attribute }) => (attribute.lastSeen ?? 0) >= seen);
  const last = found < limit || rows.length + skipped === 0 || !heeds;
  return {
    notices: [...eventsOf(notices), ...notices],
    rows: rows.length,
    unreadable: read.filter((row) => typeof row === "string"),
    asked,
    next: last ? undefined : following(rows, from, cursor),
  };
}

/** The same page with half as many rows, a few of which may come again; `undefined` where MISP fails for another reason. */
export function smallerPage({ since, page, limit = MOST_ROWS }: LoadCursor, error: unknown): LoadCursor | undefined {
  const fewer = fewerRows(limit, error);
  if (fewer === undefined) return undefined;
  return { since, page: Math.floor(((page - 1) * limit) / fewer) + 1, limit: fewer };
}

type AttributeNotice = Extract<Notice, { kind: "attribute" }>;

/** What a row tells, or why it cannot be read. */
function readRow(row: Json): AttributeNotice | string {
  try {
    const event = isObject(row.Event) ? eventOf(row.Event) : undefined;
    return { kind: "attribute", attribute: attributeOf(row, []), event, how: "answer" };
  } catch (error) {
    return `attribute ${textAt(row, "uuid", 36)}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** With the context each row brings its event's own facts again: once a page is enough. */
function eventsOf(notices: readonly AttributeNotice[]): Notice[] {
  const events = new Map(notices.flatMap(({ event }) => (event ? [[event.id, event] as const] : [])));
  return [...events.values()].map((event) => ({ kind: "event", event, how: "answer" }));
}

/**
 * By time where MISP did as it was told. One that keeps no order, or does not heed the time, is read by number; so is a run
 * of rows of one second that fills more than a page.
 */
function following(rows: readonly Json[], from: number, cursor: LoadCursor): LoadCursor {
  const times = rows.map((row) => numberOr(row, "timestamp", 0));
  const ordered = times.every((time, index) => time >= (times[index - 1] ?? from));
  const last = times.at(-1) ?? from;
  if (!ordered || last <= Math.max(from, cursor.since)) return { ...cursor, page: cursor.page + 1 };
  const limit = moreRows(cursor.limit ?? MOST_ROWS);
  return { since: last, page: 1, ...(limit < MOST_ROWS ? { limit } : {}) };
}
