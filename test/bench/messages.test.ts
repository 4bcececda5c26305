import { expect, test } from "vitest";
import { attributeFrame, EVENT_SIZE, eventOf, framesOf, indicatorAt, subjectsOf } from "../../src/bench/messages.ts";
import { normalize } from "../../src/curation/normalize.ts";
import { decode } from "../../src/misp/messages.ts";

test("every message can be read, and is as long as MISP's are", () => {
  const frames = framesOf({ first: 1, count: 500, at: 1_700_000_000 });
  expect(frames).toHaveLength(500 + 500 / EVENT_SIZE);
  for (const frame of frames) expect(decode(frame)).toEqual([expect.objectContaining({ kind: expect.any(String) })]);
  const lengths = framesOf({ first: 1, count: 500, keys: 50, at: 0 }).map(({ length }) => length);
  expect(Math.min(...lengths)).toBeGreaterThan(400);
  expect(Math.max(...lengths)).toBeLessThan(1_600);
});

test("no two numbers are about the same indicator, and each is in its normal form", () => {
  const numbers = Array.from({ length: 5_000 }, (_, index) => index + 1);
  const indicators = numbers.map(indicatorAt);
  expect(new Set(indicators.map(({ type, value }) => `${type} ${value}`)).size).toBe(numbers.length);
  for (const { type, value } of indicators) expect(normalize(type, value)).toBe(value);
});

test("a run of repeated keys is the same messages again, in the same order", () => {
  const run = { first: 101, count: 300, keys: 100, at: 0 };
  expect(subjectsOf(run)).toEqual(Array.from({ length: 300 }, (_, index) => 101 + (index % 100)));
  const told = framesOf(run).filter((frame) => frame.includes("misp_json_attribute "));
  expect(told.slice(100, 200)).toEqual(told.slice(0, 100));
  expect(told.slice(200)).toEqual(told.slice(0, 100));
});

test("a run of edits comes back to each of its keys, in no order, and never says the same twice", () => {
  const run = { first: 101, count: 3_000, keys: 100, edited: true, at: 0 };
  const subjects = subjectsOf(run);
  expect([Math.min(...subjects), Math.max(...subjects), new Set(subjects).size]).toEqual([101, 200, 100]);
  expect(subjects.slice(0, 100)).not.toEqual(subjects.slice(100, 200));
  const frames = framesOf(run).map(String);
  expect(new Set(frames).size).toBe(frames.length);
});

test("an attribute belongs to the event that its number says", () => {
  const [notice] = [decode(attributeFrame(201, { action: "edit", at: 5, comment: "c", toIds: false }))].flat();
  expect(notice).toMatchObject({
    kind: "attribute",
    how: "edit",
    attribute: { id: 201, eventId: eventOf(201), toIds: false, timestamp: 5, ...indicatorAt(201) },
  });
});
