import type { RestAnswer } from "./rest.ts";

/**
 * How long an answer asks us to wait, by `Retry-After` in seconds or as a date; milliseconds.
 * @param now Unix milliseconds
 */
export function retryAfter(headers: RestAnswer["headers"], now: number): number | undefined {
  const after = headers["retry-after"];
  if (typeof after !== "string") return undefined;
  const seconds = Number(after);
  const wait = Number.isNaN(seconds) ? Date.parse(after) - now : seconds * 1000;
  return wait > 0 ? wait : undefined;
}
