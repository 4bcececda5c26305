import { describe, expect, test } from "vitest";
import { quorumThumb, type Voice } from "../../src/curation/quorum.ts";

const TWO_OR_ONE_TRUSTED = { orgs: 2, trusted: 1 };

function aVoice(facts: Partial<Voice>): Voice {
  return { organisation: 1, own: false, trusted: false, seen: 0, falsePositive: 0, expired: 0, ...facts };
}

function thumb(...voices: Partial<Voice>[]) {
  return quorumThumb(
    voices.map((voice, index) => aVoice({ organisation: index + 1, ...voice })),
    TWO_OR_ONE_TRUSTED,
  );
}

describe("a quorum of organisations", () => {
  test("must call it false, or so many trusted ones", () => {
    expect(thumb()).toBeNull();
    expect(thumb({ falsePositive: 5 })).toBeNull();
    expect(thumb({ falsePositive: 5 }, { falsePositive: 6 })).toBe("false_positive");
    expect(thumb({ falsePositive: 5, trusted: true })).toBe("false_positive");
  });

  test("counts each by its newest word, and of the same second, down", () => {
    expect(thumb({ falsePositive: 5 }, { falsePositive: 6, seen: 7 })).toBeNull();
    expect(thumb({ falsePositive: 5 }, { falsePositive: 6, seen: 6 })).toBe("false_positive");
  });

  test("is not needed for the own organisation, which decides either way", () => {
    expect(thumb({ falsePositive: 5, own: true })).toBe("false_positive");
    expect(thumb({ seen: 4, own: true }, { falsePositive: 5, trusted: true }, { falsePositive: 6 })).toBeNull();
  });

  test("is not needed for expirations, which count by the newest word of all", () => {
    expect(thumb({ expired: 5 })).toBe("expired_sighting");
    expect(thumb({ expired: 5 }, { seen: 6 })).toBeNull();
    expect(thumb({ expired: 5, trusted: true }, { expired: 6 })).toBe("expired_sighting");
  });

  test("counts what was said before a trusted organisation's thumbs-up no more", () => {
    expect(thumb({ falsePositive: 5 }, { falsePositive: 6 }, { seen: 7, trusted: true })).toBeNull();
    expect(thumb({ falsePositive: 5 }, { falsePositive: 6 }, { seen: 7 })).toBe("false_positive");
    expect(thumb({ falsePositive: 7 }, { falsePositive: 8 }, { seen: 7, trusted: true })).toBe("false_positive");
  });
});
