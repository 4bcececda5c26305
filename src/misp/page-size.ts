import { MispError } from "./errors.ts";

/** Rows that one page has at the most, and those without which it is not MISP's memory or its patience that fails. */
export const MOST_ROWS = 5_000;
const FEWEST_ROWS = 100;

/** Half as many rows; `undefined` where fewer would not help. */
export function fewerRows(rows: number, error: unknown): number | undefined {
  return rows > FEWEST_ROWS && isTooMuch(error) ? Math.max(FEWEST_ROWS, Math.floor(rows / 2)) : undefined;
}

/** A tenth more: what was too much once is not tried again with every second page. */
export function moreRows(rows: number): number {
  return Math.min(MOST_ROWS, Math.ceil(rows * 1.1));
}

/** Out of memory MISP answers 500, or with the half of an answer; out of time it, or what stands before it, does not answer. */
function isTooMuch(error: unknown): boolean {
  if (!(error instanceof MispError)) return false;
  return ["unreachable", "garbled"].includes(error.meaning) || (error.status ?? 0) >= 500;
}
