import type { Facts } from "../../src/alerts/conditions.ts";

const GIGABYTE = 2 ** 30;

/** A courier with which all is well, at a time in milliseconds. */
export function wellAt(now: number): Facts {
  return {
    now,
    feed: "zeromq",
    blind: null,
    keyExpires: null,
    catchUp: null,
    failing: [],
    held: [],
    disk: { free: 50 * GIGABYTE, total: 100 * GIGABYTE },
  };
}
