import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/config/duration.ts";

test.each([
  ["90s", 90],
  ["30m", 1800],
  ["12h", 43_200],
  ["30d", 2_592_000],
  ["2w", 1_209_600],
  ["1y", 31_536_000],
  ["0s", 0],
])("%s is %i seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "30", "1.5h", "-1d", "1 d", "d", "1M", "1d12h", "never", "999999999y"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("what is formatted reads back as the same", () => {
  fc.assert(
    fc.property(fc.nat(), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});

test("the largest unit that fits is used, and null never runs out", () => {
  expect([5400, 7200, 2_592_000, 31_536_000].map(formatDuration)).toEqual(["90m", "2h", "30d", "1y"]);
  expect(formatDuration(null)).toBe("never");
});
