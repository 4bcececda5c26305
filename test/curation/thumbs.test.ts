import fc from "fast-check";
import { expect, test } from "vitest";
import { latestThumb, NO_THUMBS } from "../../src/curation/thumbs.ts";

test("without sightings nothing stands against it", () => {
  expect(latestThumb(NO_THUMBS)).toBeNull();
});

test("the newest thumb decides", () => {
  expect(latestThumb({ seen: 5, falsePositive: 9, expired: 0 })).toBe("false_positive");
  expect(latestThumb({ seen: 10, falsePositive: 9, expired: 0 })).toBeNull();
  expect(latestThumb({ seen: 0, falsePositive: 0, expired: 3 })).toBe("expired_sighting");
  expect(latestThumb({ seen: 0, falsePositive: 2, expired: 3 })).toBe("expired_sighting");
});

test("of the same second, down wins over up", () => {
  expect(latestThumb({ seen: 9, falsePositive: 9, expired: 0 })).toBe("false_positive");
  expect(latestThumb({ seen: 9, falsePositive: 0, expired: 9 })).toBe("expired_sighting");
});

test("it is down exactly when the newest sighting that says down is no older than the newest that says up", () => {
  fc.assert(
    fc.property(fc.nat(3), fc.nat(3), fc.nat(3), (seen, falsePositive, expired) => {
      const down = Math.max(falsePositive, expired);
      expect(latestThumb({ seen, falsePositive, expired }) !== null).toBe(down > 0 && down >= seen);
    }),
  );
});
