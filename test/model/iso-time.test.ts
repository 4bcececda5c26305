import { expect, test } from "vitest";
import { isoTime, isoTimeOf, rfc3339Of } from "../../src/model/iso-time.ts";

test("a time is told to the second", () => {
  expect(isoTime(1_700_000_000_999)).toBe("2023-11-14T22:13:20Z");
});

test("there is no word for no time, for one that no calendar has, and, in RFC 3339, for a year of more than four digits", () => {
  const times = [null, 0, 253_402_300_800, -62_167_219_201, 8.64e12 + 1];
  expect(times.map(isoTimeOf)).toEqual([
    null,
    "1970-01-01T00:00:00Z",
    "+010000-01-01T00:00:00Z",
    "-000001-12-31T23:59:59Z",
    null,
  ]);
  expect(times.map(rfc3339Of)).toEqual([null, "1970-01-01T00:00:00Z", null, null, null]);
});
