import { LAST_SECOND } from "../model/iso-time.ts";

/** Seconds by type, `default` for the others; `null`: never runs out. */
export type TimesToLive = Readonly<Record<string, number | null>>;

export function timeToLive(table: TimesToLive, type: string): number | null {
  const own = Object.hasOwn(table, type) ? table[type] : undefined;
  return own === undefined ? (table.default ?? null) : own;
}

/** When something that counts from `reference` runs out, no later than calendars go; `null`: never. Unix seconds. */
export function expiry(table: TimesToLive, type: string, reference: number): number | null {
  const ttl = timeToLive(table, type);
  return ttl === null ? null : Math.min(reference + ttl, LAST_SECOND);
}
