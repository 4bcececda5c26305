import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  booleanAt,
  idAt,
  Malformed,
  numberAt,
  numberOr,
  objectAt,
  objectsAt,
  secondsOr,
  textAt,
  timeAt,
  uuidAt,
  uuidOrNull,
} from "../../src/misp/coerce.ts";
import { hostileText } from "../support/hostile-text.ts";

const UUID = "27d10ce3-5e0d-4f00-a532-ba690c0c2ad1";

describe("numbers", () => {
  test("come as numbers or as strings", () => {
    expect(numberAt({ n: 1795208613 }, "n")).toBe(1795208613);
    expect(numberAt({ n: "1795208613" }, "n")).toBe(1795208613);
    expect(numberAt({ n: "0" }, "n")).toBe(0);
  });

  test.for([["-1"], [-1], [1.5], ["abc"], [""], [null], [true], [{}], ["99999999999999999999"], [Number.NaN]])(
    "%j is none",
    ([value]) => {
      expect(() => numberAt({ n: value }, "n")).toThrow(Malformed);
      expect(numberOr({ n: value }, "n", undefined)).toBeUndefined();
    },
  );

  test("an id is above 0", () => {
    expect(idAt({ id: "7" })).toBe(7);
    expect(() => idAt({ id: "0" })).toThrow("id is 0");
    expect(() => idAt({}, "event_id")).toThrow("event_id is not a whole number");
  });
});

test.for([
  [true, true],
  [1, true],
  ["1", true],
  [false, false],
  [0, false],
  ["0", false],
  [null, false],
  [undefined, false],
  ["", false],
] as const)("the flag %j is %j", ([value, expected]) => {
  expect(booleanAt({ flag: value }, "flag")).toBe(expected);
});

test("a UUID is compared in lower case, and nothing else passes for one", () => {
  expect(uuidAt({ uuid: UUID.toUpperCase() })).toBe(UUID);
  expect(() => uuidAt({ uuid: `${UUID}0` })).toThrow(Malformed);
  expect(() => uuidAt({ uuid: 7 })).toThrow(Malformed);
  expect(uuidOrNull({ uuid: "" })).toBeNull();
});

describe("times", () => {
  test("come as ISO 8601 with microseconds and offset, or as Unix seconds", () => {
    expect(timeAt({ t: "2026-11-20T10:00:00.123456+01:00" }, "t")).toBe(Date.UTC(2026, 10, 20, 9) / 1000);
    expect(timeAt({ t: "1795208613" }, "t")).toBe(1795208613);
    expect(timeAt({ t: 1795208613 }, "t")).toBe(1795208613);
  });

  test.for([["999999999999999"], [Number.MAX_SAFE_INTEGER], ["+200000-01-01T00:00:00Z"]])(
    "%j, which no calendar has, is the last that there is",
    ([value]) => {
      expect(new Date((timeAt({ t: value }, "t") ?? 0) * 1000).toISOString()).toBe("9999-12-31T23:59:59.000Z");
      expect(secondsOr({ t: value }, "t", timeAt({ t: value }, "t"))).toBe(timeAt({ t: value }, "t"));
    },
  );

  test.for([[null], [""], ["0"], ["yesterday"], [{}], ["1901-01-01T00:00:00Z"]])("%j is none", ([value]) => {
    expect(timeAt({ t: value }, "t")).toBeNull();
  });
});

test("a block that MISP leaves out is an empty one, and what is no object in it is passed over", () => {
  expect(objectsAt({}, "Tag")).toEqual([]);
  expect(objectsAt({ Tag: [{ name: "a" }, null, "b", [1]] }, "Tag")).toEqual([{ name: "a" }]);
  expect(() => objectAt({ Event: [] }, "Event")).toThrow("Event is not an object");
});

test("text is bounded, well-formed and free of NUL, so that what is stored is what is compared", () => {
  fc.assert(
    fc.property(hostileText(), fc.nat(20), (value, limit) => {
      const text = textAt({ value }, "value", limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain("\0");
      expect(textAt({ value: text }, "value", limit)).toBe(text);
    }),
  );
});
