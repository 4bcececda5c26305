import { expect, test } from "vitest";
import { readSighting } from "../../src/courier/sensor-report.ts";

test("what is no sighting is said to be none, and what it has too much is named", () => {
  for (const told of [undefined, null, 1, "x", [[]]]) expect(readSighting(told, 0)).toBe("must be a JSON object");
  expect(readSighting({ value: "a.example", extra: 1 }, 0)).toMatch(/extra/);
  expect(readSighting({}, 0)).toBe("wants a value, or the UUID of an attribute");
});
