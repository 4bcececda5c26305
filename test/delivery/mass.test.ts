import { beforeEach, expect, test } from "vitest";
import { Allowance } from "../../src/delivery/mass.ts";

const HOUR = 3_600_000;

let now: number;
let held: number;

beforeEach(() => {
  now = 1_800_000_000_000;
  held = 100;
});

/** Removals from a target that holds 100 at first; tells whether they pass. */
function removals(percent: number, at_least: number): (count: number) => boolean {
  const allowance = new Allowance({ percent, at_least }, () => now);
  return (count) => {
    const passes = allowance.pass(count, () => held) === null;
    if (passes) held -= count;
    return passes;
  };
}

test("the percentage is of what the target held before the hour's changes", () => {
  const remove = removals(20, 0);
  expect([remove(10), remove(10), remove(1)]).toEqual([true, true, false]);
});

test.each([7, 14, 28, 29, 57, 58])("%i of 100 are no more than so many percent", (count) => {
  expect(removals(count, 0)(count + 1)).toBe(false);
  expect(removals(count, 0)(count)).toBe(true);
});

test("the number passes whatever the percentage", () => {
  const remove = removals(0, 5);
  expect([remove(3), remove(2)]).toEqual([true, true]);
});

test("what is small passes once more beside a mass, and again after an hour", () => {
  const remove = removals(20, 5);
  expect([remove(20), remove(6), remove(3), remove(2), remove(1)]).toEqual([true, false, true, true, false]);
  now += HOUR;
  expect(remove(5)).toBe(true);
});
