import { expect, test } from "vitest";
import { readSighting } from "../../src/courier/sensors/report.ts";

test("what is no sighting is said to be none, and what it has too much is named", () => {
  for (const told of [undefined, null, 1, "x", [[]]]) expect(readSighting(told, 0)).toBe("must be a JSON object");
  expect(readSighting({ value: "a.example", extra: 1 }, 0)).toMatch(/extra/);
  expect(readSighting({}, 0)).toBe("wants a value, or the UUID of an attribute");
});

test("a time with an offset that no clock has is refused as any other that is none", () => {
  const told = { value: "a.example", seen_at: "2026-01-31T12:00:00+99:99" };
  expect(readSighting(told, 1_800_000_000)).toBe("seen_at: must be ISO 8601 with Z or an offset, or Unix seconds");
});
