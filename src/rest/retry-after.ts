import type { RestAnswer } from "./rest.ts";

/**
 * How long an answer asks us to wait, by `Retry-After` in seconds or as a date; milliseconds. A date is one of the far side's clock,
 * which most answers show.
 * @param now Unix milliseconds, by our clock
 */
export function retryAfter(headers: RestAnswer["headers"], now: number): number | undefined {
  const after = headers["retry-after"];
  if (typeof after !== "string") return undefined;
  const seconds = Number(after);
  const wait = Number.isNaN(seconds) ? Date.parse(after) - timeThere(headers, now) : seconds * 1000;
  return wait > 0 ? wait : undefined;
}

function timeThere({ date }: RestAnswer["headers"], now: number): number {
  const there = Date.parse(String(date));
  return Number.isNaN(there) ? now : there;
}
