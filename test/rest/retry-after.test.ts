import { expect, test } from "vitest";
import { retryAfter } from "../../src/rest/retry-after.ts";

const NOW = Date.UTC(2026, 10, 22, 22);

test.each([
  ["seconds", "7", 7_000],
  ["a date", "Sun, 22 Nov 2026 22:02:00 GMT", 120_000],
  ["a date that is over", "Sun, 22 Nov 2026 21:00:00 GMT", undefined],
  ["a word", "tomorrow", undefined],
  ["nothing", undefined, undefined],
])("an answer asks to wait by %s", (_, value, wait) => {
  expect(retryAfter({ "retry-after": value }, NOW)).toBe(wait);
});

test("a date counts by the clock of the far side, where the answer shows it", () => {
  const headers = { "retry-after": "Sun, 22 Nov 2026 17:02:00 GMT", date: "Sun, 22 Nov 2026 17:00:00 GMT" };
  expect(retryAfter(headers, NOW)).toBe(120_000);
});
