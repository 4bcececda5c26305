import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ageAt, type Decay, decayOf, remaining } from "../../src/curation/decay.ts";
import { ageUnder, type Evidence, NEUTRAL, score } from "../../src/curation/score.ts";
import { DAY } from "../support/rule-settings.ts";

const NOTHING: Evidence = { organisation: undefined, tags: [], seenBy: 0, doubtedBy: 0, lowered: [] };
const known = (evidence: Partial<Evidence>) => score({ ...NOTHING, ...evidence }, null, 0);
const partsOf = (evidence: Partial<Evidence>) =>
  Object.fromEntries(known(evidence).parts.map((p) => [p.name, p.points]));

describe("a score", () => {
  test("is neutral when nothing is known", () => {
    expect(known({})).toEqual({ score: 50, parts: [expect.objectContaining({ name: "neutral", points: NEUTRAL })] });
  });

  test.each([
    ["an organisation that is trusted fully", { organisation: { trust: 100, name: "CIRCL" } }, { organisation: 30 }],
    ["one that is trusted in part", { organisation: { trust: 50, name: "CIRCL" } }, { organisation: 0 }],
    ["one that is not", { organisation: { trust: 0, name: "Foe" } }, { organisation: -30 }],
    [
      "tags, by their mean",
      {
        tags: [
          { tag: "a", value: 100 },
          { tag: "b", value: 50 },
        ],
      },
      { tags: 15 },
    ],
    ["those who saw it", { seenBy: 2 }, { sightings: 8 }],
    ["those who saw it, to a bound", { seenBy: 500 }, { sightings: 20 }],
    ["those who doubt it", { seenBy: 1, doubtedBy: 2 }, { sightings: -16 }],
    ["those who doubt it, to a bound", { doubtedBy: 500 }, { sightings: -30 }],
    ["what another courier gives it", { told: 80 }, { courier: 30 }],
    [
      "each list that lowers it",
      {
        lowered: [
          { list: "a", points: 10 },
          { list: "b", points: 5 },
        ],
      },
      { warninglists: -15 },
    ],
  ])("is moved by %s", (_, evidence, parts) => {
    expect(partsOf(evidence)).toEqual({ neutral: 50, ...parts });
  });

  test("stays between 0 and 100, and says so", () => {
    const best = { organisation: { trust: 100, name: "a" }, tags: [{ tag: "t", value: 100 }] };
    expect(known(best)).toMatchObject({
      score: 100,
      parts: expect.arrayContaining([{ name: "bounds", points: -10, reason: expect.anything() }]),
    });
    expect(known({ lowered: [{ list: "a", points: 90 }] }).score).toBe(0);
  });

  test("is the sum of its parts, whatever is known and however old it is", () => {
    const points = fc.integer({ min: 0, max: 100 });
    const evidence = fc.record({
      organisation: fc.option(fc.record({ trust: points, name: fc.string() }), { nil: undefined }),
      tags: fc.array(fc.record({ tag: fc.string(), value: points }), { maxLength: 3 }),
      seenBy: fc.nat(10),
      doubtedBy: fc.nat(10),
      lowered: fc.array(fc.record({ list: fc.string(), points: fc.integer({ min: 1, max: 100 }) }), { maxLength: 3 }),
    });
    const decays = fc.option(
      fc.record({ lifetime: fc.integer({ min: 1, max: 1e8 }), speed: fc.double({ min: 0.1, max: 10, noNaN: true }) }),
    );
    fc.assert(
      fc.property(evidence, decays, fc.integer({ min: -1e6, max: 1e8 }), (some, decay, age) => {
        const { score: total, parts } = score(some, decay, age);
        expect(parts.reduce((sum, part) => sum + part.points, 0)).toBe(total);
        expect(Number.isInteger(total)).toBe(true);
        expect(total).toBeGreaterThanOrEqual(0);
        expect(total).toBeLessThanOrEqual(100);
      }),
    );
  });
});

describe("decay", () => {
  // MISP's polynomial: base · (1 − (t / lifetime)^(1 / decay_speed)).
  test.each([
    ["MISP's NIDS model after half of its lifetime", { lifetime: 120 * DAY, speed: 2 }, 60 * DAY, 1 - Math.SQRT1_2],
    ["MISP's phishing model after a day", { lifetime: 3 * DAY, speed: 2.3 }, DAY, 1 - (1 / 3) ** (1 / 2.3)],
    ["a straight line", { lifetime: 10 * DAY, speed: 1 }, DAY, 0.9],
    ["nothing before the time that it counts from", { lifetime: DAY, speed: 2 }, -5, 1],
    ["nothing is left at the end", { lifetime: DAY, speed: 2 }, DAY, 0],
    ["nor after it", { lifetime: DAY, speed: 2 }, 9 * DAY, 0],
  ] satisfies [string, Decay, number, number][])("leaves of %s", (_, decay, age, left) => {
    expect(remaining(decay, age)).toBeCloseTo(left, 10);
  });

  test("is looked up by type", () => {
    const slow = { lifetime: 9 * DAY, speed: 1 };
    const table = { default: { lifetime: DAY, speed: 1 }, "ip-dst": slow, md5: null };
    expect(decayOf(table, "ip-dst")).toBe(slow);
    expect(decayOf(table, "md5")).toBeNull();
    expect(decayOf(table, "domain")).toBe(table.default);
    expect(decayOf({}, "constructor")).toBeNull();
  });

  test("reaches a share of the score at the age that is said", () => {
    const decay = { lifetime: 120 * DAY, speed: 2.3 };
    for (const share of [0.1, 0.5, 0.99]) expect(remaining(decay, ageAt(decay, share))).toBeCloseTo(share, 9);
  });

  test("takes the score under a minimum when it is said, and not a minute before", () => {
    const points = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }));
    const speeds = fc.double({ min: 0.5, max: 5, noNaN: true });
    fc.assert(
      fc.property(points, speeds, ([one, other], speed) => {
        const [least, base] = [Math.min(one, other), Math.max(one, other)];
        const decay = { lifetime: 120 * DAY, speed };
        const age = Math.ceil(ageUnder(base, least, decay) ?? Number.NaN);
        const at = (seconds: number) => Math.round(base * remaining(decay, seconds));
        expect(at(age)).toBeLessThan(least);
        expect(at(age - 60)).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});
