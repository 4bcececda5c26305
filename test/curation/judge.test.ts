import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Holder, judge, NEUTRAL_SCORE } from "../../src/curation/judge.ts";
import { NO_THUMBS, type Thumbs } from "../../src/curation/thumbs.ts";
import { REASONS, type Reason } from "../../src/model/verdict.ts";
import { NOW } from "../support/an-attribute.ts";
import { DAY } from "../support/rule-settings.ts";

const RULES = { ttl: { default: 30 * DAY, md5: null }, targetTtls: [] };

function aHolder(facts: Partial<Holder> = {}): Holder {
  return { withheld: null, reference: NOW - DAY, thumbs: undefined, ...facts };
}

function aVerdict(holders: readonly Holder[], thumbs: Partial<Thumbs> = {}, { type = "domain", rules = RULES } = {}) {
  return judge(type, holders, { ...NO_THUMBS, ...thumbs }, rules, NOW * 1000);
}

test("an indicator with one support that qualifies is active, at the neutral score, until its TTL runs out", () => {
  expect(aVerdict([aHolder()])).toEqual({
    withheld: null,
    reference: NOW - DAY,
    score: NEUTRAL_SCORE,
    due: NOW + 29 * DAY,
  });
  expect(NEUTRAL_SCORE).toBe(50);
});

describe("its TTL", () => {
  test("counts from the latest of what any support that qualifies tells and the newest positive sighting", () => {
    expect(aVerdict([aHolder(), aHolder({ reference: NOW - 5 })]).reference).toBe(NOW - 5);
    expect(aVerdict([aHolder()], { seen: NOW - 7 }).reference).toBe(NOW - 7);
    expect(aVerdict([aHolder()], { seen: NOW - 2 * DAY }).reference).toBe(NOW - DAY);
    expect(aVerdict([aHolder({ thumbs: { ...NO_THUMBS, seen: NOW - 9 } })]).reference).toBe(NOW - 9);
  });

  test("is not prolonged by a support that does not qualify", () => {
    const verdict = aVerdict([aHolder(), aHolder({ reference: NOW, withheld: "to_ids" })]);
    expect(verdict.reference).toBe(NOW - DAY);
  });

  test("is not prolonged by a time that is still to come", () => {
    expect(aVerdict([aHolder({ reference: NOW + DAY })]).reference).toBe(NOW);
  });

  test("ends it to the second", () => {
    expect(aVerdict([aHolder({ reference: NOW - 30 * DAY + 1 })]).withheld).toBeNull();
    expect(aVerdict([aHolder({ reference: NOW - 30 * DAY })]).withheld).toBe("expired");
  });

  test("never ends a type that lives for ever", () => {
    const verdict = aVerdict([aHolder({ reference: 1 })], {}, { type: "md5" });
    expect(verdict).toMatchObject({ withheld: null, due: null });
  });

  test("is renewed by a thumbs-up from its date on", () => {
    const old = aHolder({ reference: NOW - 40 * DAY });
    expect(aVerdict([old]).withheld).toBe("expired");
    expect(aVerdict([old], { seen: NOW - DAY })).toMatchObject({ withheld: null, due: NOW + 29 * DAY });
    expect(aVerdict([old], { seen: NOW - 31 * DAY }).withheld).toBe("expired");
  });

  test("may be another one for a target, which wants to hear of that moment, too", () => {
    const rules = { ...RULES, targetTtls: [{ default: 10 * DAY }, { default: 60 * DAY }, { default: null }] };
    expect(aVerdict([aHolder()], {}, { rules }).due).toBe(NOW + 9 * DAY);
    expect(aVerdict([aHolder({ reference: NOW - 40 * DAY })], {}, { rules })).toMatchObject({
      withheld: "expired",
      due: NOW + 20 * DAY,
    });
  });
});

describe("thumbs", () => {
  test("down takes it off, whatever holds it up", () => {
    expect(aVerdict([aHolder(), aHolder()], { falsePositive: NOW - 3 }).withheld).toBe("false_positive");
    expect(aVerdict([aHolder()], { expired: NOW - 3 }).withheld).toBe("expired_sighting");
  });

  test("up brings it back, unless both are of the same second", () => {
    expect(aVerdict([aHolder()], { falsePositive: NOW - 3, seen: NOW - 2 }).withheld).toBeNull();
    expect(aVerdict([aHolder()], { falsePositive: NOW - 3, seen: NOW - 3 }).withheld).toBe("false_positive");
  });

  test("up does not bring back what nothing holds up", () => {
    expect(aVerdict([aHolder({ withheld: "to_ids" })], { seen: NOW }).withheld).toBe("to_ids");
  });

  test("down on a composite attribute takes away that support, and the indicator only with the last one", () => {
    const down = aHolder({ thumbs: { ...NO_THUMBS, falsePositive: NOW - 3 } });
    expect(aVerdict([down, aHolder()]).withheld).toBeNull();
    expect(aVerdict([down]).withheld).toBe("false_positive");
    expect(aVerdict([aHolder({ thumbs: { seen: NOW - 2, falsePositive: NOW - 3, expired: 0 } })]).withheld).toBeNull();
  });
});

test("without any support it is unsupported", () => {
  expect(aVerdict([])).toMatchObject({ withheld: "unsupported", due: null });
});

test("several supports: active as long as one qualifies, else the foremost reason of the closed list", () => {
  const reasons = Object.keys(REASONS).filter((name): name is Reason => name in REASONS);
  const holders = fc.array(fc.constantFrom(null, ...reasons), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(holders, (withheld) => {
      const foremost = reasons.find((reason) => withheld.includes(reason)) ?? null;
      const verdict = aVerdict(withheld.map((reason) => aHolder({ withheld: reason })));
      expect(verdict.withheld).toBe(withheld.includes(null) ? null : foremost);
    }),
  );
});

test("a value that is extremely popular is judged like any other", () => {
  const holders = Array.from({ length: 300_000 }, (_, index) => aHolder({ reference: NOW - index }));
  expect(aVerdict(holders)).toMatchObject({ withheld: null, reference: NOW });
});
