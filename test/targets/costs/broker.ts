import type { Delta } from "../../../src/model/delta.ts";
import type { Indicator } from "../../../src/model/indicator.ts";
import type { Cost } from "./measured.ts";
import { SITUATIONS, TYPES } from "./situations.ts";

/** MISP-Broker 5.1.4 writes what it took from MISP so many at a time. */
const CHUNK = 2_000;

/**
 * What MISP-Broker 5.1.4 sends to a SIEM, computed from how it works: at the least, as if all came in one week of MISP and the
 * SIEM took everything at the first try.
 */
interface Ways {
  /** Requests that make one type's store anew. */
  begin: number;
  /** Items in one batch; it never fills more than a chunk. */
  batch: number;
  /** Requests beside each batch. */
  beside: number;
  /** What a batch has in its body. */
  body: (items: readonly Indicator[]) => string;
  /** Requests for each removal, and whether all their bytes are known. */
  removal: number;
}

/** A search after each batch rewrites the whole collection; to remove, a search finds the document's key. */
const SPLUNK: Ways = {
  begin: 0,
  batch: 1_000,
  beside: 1,
  body: (items) => `[${items.map(({ value }) => `{"value": ${JSON.stringify(value)}}`).join(", ")}]`,
  removal: 2,
};
/** A set is made and purged before its first load. */
const QRADAR: Ways = {
  begin: 2,
  batch: 10_000,
  beside: 0,
  body: (items) => `[${items.map(({ value }) => JSON.stringify(value)).join(", ")}]`,
  removal: 1,
};

export const brokerAtSplunk = (): Cost[] => SITUATIONS.map(({ delta }, index) => costOf(delta, SPLUNK, index === 0));
export const brokerAtQradar = (): Cost[] => SITUATIONS.map(({ delta }, index) => costOf(delta, QRADAR, index === 0));

/** What changed in MISP is a new row of its database, and is sent like one. */
function costOf({ add, renew, remove }: Delta, ways: Ways, isFirst: boolean): Cost {
  const size = Math.min(CHUNK, ways.batch);
  const batches = TYPES.flatMap((type) => portions([...add, ...renew], type, size));
  const begin = isFirst ? TYPES.length * ways.begin : 0;
  const requests = begin + batches.length * (1 + ways.beside) + remove.length * ways.removal;
  const bytes = batches.reduce((sum, items) => sum + Buffer.byteLength(ways.body(items)), 0);
  return { requests, bytes: batches.length > 0 ? bytes : null };
}

function portions(items: readonly Indicator[], type: string, size: number): Indicator[][] {
  const own = items.filter((item) => item.type === type);
  return Array.from({ length: Math.ceil(own.length / size) }, (_, n) => own.slice(n * size, (n + 1) * size));
}
