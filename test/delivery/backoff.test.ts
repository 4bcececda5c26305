import fc from "fast-check";
import { expect, test } from "vitest";
import { BACKOFF, backoff } from "../../src/delivery/backoff.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("the wait grows with each attempt, to a limit", () => {
  const longest = [1, 2, 3, 4, 20, 5_000].map((attempts) => backoff(attempts, undefined, 0.999_999_9));
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, BACKOFF.most, BACKOFF.most]);
});

test("anywhere between almost nothing and that, so that many couriers do not come back at one moment", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), random, (attempts, dice) => {
      const wait = backoff(attempts, undefined, dice);
      expect(wait).toBeGreaterThanOrEqual(100);
      expect(wait).toBeLessThanOrEqual(Math.min(BACKOFF.most, 500 * 2 ** (attempts - 1)));
    }),
  );
  expect(backoff(10, undefined, 0.25)).toBe(Math.round(0.25 * 500 * 2 ** 9));
});

test("never sooner than the far side asked for", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(BACKOFF.longest), random, (attempts, asked, dice) => {
      expect(backoff(attempts, asked, dice)).toBeGreaterThanOrEqual(asked);
    }),
  );
});

test("a far side that asks for years is tried again after a day", () => {
  expect(backoff(1, Number.MAX_SAFE_INTEGER, 0)).toBe(86_400_000);
  expect(backoff(1, Number.POSITIVE_INFINITY, 0)).toBe(86_400_000);
});
