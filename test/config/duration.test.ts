import { expect, test } from "vitest";
import { parseDuration } from "../../src/config/duration.ts";

test.each([
  ["90s", 90],
  ["30m", 1800],
  ["12h", 43_200],
  ["30d", 2_592_000],
  ["2w", 1_209_600],
  ["1y", 31_536_000],
  ["1000y", 31_536_000_000],
  ["0s", 0],
])("%s is %i seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "30", "1.5h", "-1d", "1 d", "d", "1M", "1d12h", "never", "1001y"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
