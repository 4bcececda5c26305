import { expect, test } from "vitest";
import type { Condition } from "../../src/alerts/conditions.ts";
import { type Raised, readable, wordsFor } from "../../src/alerts/words.ts";

const MINUTE = 60_000;
const FEED: Condition = { key: "feed", sentence: "The feed is dead", hint: "Look" };
const DISK: Condition = { key: "disk", sentence: "The disk is full", hint: "Make room" };

/** Tells at which minute which words were said, when at each of them these conditions are seen. */
function saidWhen(course: readonly [minute: number, seen: readonly Condition[]][]): string[] {
  let raised: Raised[] = [];
  return course.flatMap(([minute, seen]) => {
    const told = wordsFor(raised, seen, minute * MINUTE);
    raised = told.raised;
    return told.words.map(({ kind, key }) => `${minute} ${kind} ${key}`);
  });
}

test("a condition is told once, again after an hour, and when it is over", () => {
  const said = saidWhen([
    [0, [FEED]],
    [1, [FEED]],
    [59, [FEED]],
    [60, [FEED]],
    [61, [FEED]],
    [120, [FEED]],
    [121, []],
    [122, []],
    [123, []],
  ]);
  expect(said).toEqual(["0 alert feed", "60 reminder feed", "120 reminder feed", "122 recovery feed"]);
});

test("one that comes and goes within a minute is neither over nor new", () => {
  expect(
    saidWhen([
      [0, [FEED]],
      [5, []],
      [5.5, [FEED]],
      [6, []],
      [6.9, [FEED]],
    ]),
  ).toEqual(["0 alert feed"]);
});

test("a clock that was ahead keeps back neither the next word nor the last", () => {
  const YEAR = 365 * 24 * 60;
  const said = saidWhen([
    [YEAR, [FEED, DISK]],
    [YEAR + 1, [FEED]],
    [0, [FEED]],
    [1, [FEED]],
    [60, [FEED]],
  ]);
  expect(said).toEqual([`${YEAR} alert feed`, `${YEAR} alert disk`, "1 recovery disk", "60 reminder feed"]);
});

test("conditions are told apart", () => {
  expect(
    saidWhen([
      [0, [FEED]],
      [1, [FEED, DISK]],
      [2, [DISK]],
      [3, [DISK]],
    ]),
  ).toEqual(["0 alert feed", "1 alert disk", "3 recovery feed"]);
});

test("a sentence that changes while the condition lasts is no new alert, and is told as it is in the reminder", () => {
  const first = wordsFor([], [FEED], 0);
  const second = wordsFor(first.raised, [{ ...FEED, sentence: "Dead for long" }], MINUTE);
  expect(second.words).toEqual([]);
  const [reminder] = wordsFor(second.raised, [{ ...FEED, sentence: "Dead for longer" }], 61 * MINUTE).words;
  expect(reminder && readable(reminder)).toBe("⚠ Still, since 1970-01-01T00:00Z: Dead for longer.\nLook");
});

test("the recovery tells how long it lasted", () => {
  const { raised } = wordsFor([], [FEED], 0);
  const gone = wordsFor(raised, [], 9 * MINUTE);
  const [word] = wordsFor(gone.raised, [], 10 * MINUTE).words;
  expect(word && readable(word)).toBe("✓ Over, after 10 min: The feed is dead.");
});
