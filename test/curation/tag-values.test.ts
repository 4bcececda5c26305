import { describe, expect, test } from "vitest";
import { tagValues } from "../../src/curation/tag-values.ts";

const worthOf = (tag: string) => tagValues([tag], [])[0]?.value;

test.each([
  ['admiralty-scale:source-reliability="%"', { a: 100, b: 75, c: 50, d: 25, e: 0, f: 50, g: 0 }],
  ['admiralty-scale:information-credibility="%"', { 1: 100, 2: 75, 3: 50, 4: 25, 5: 0, 6: 50 }],
  [
    'estimative-language:likelihood-probability="%"',
    {
      "almost-no-chance": 0,
      "very-unlikely": 5,
      unlikely: 20,
      "roughly-even-chance": 45,
      likely: 55,
      "very-likely": 80,
      "almost-certain": 95,
    },
  ],
  ['estimative-language:confidence-in-analytic-judgment="%"', { low: 0, moderate: 55, high: 95 }],
  ['false-positive:risk="%"', { low: 75, medium: 50, high: 25, "cannot-be-judged": 25 }],
  ['false-positive:confirmed="%"', { true: 0, false: 50 }],
  [
    'misp:confidence-level="%"',
    {
      "completely-confident": 100,
      "usually-confident": 75,
      "fairly-confident": 50,
      "rarely-confident": 25,
      unconfident: 0,
      "confidence-cannot-be-evaluated": 50,
    },
  ],
])("%s is worth what MISP's taxonomy says", (pattern, values) => {
  const found = Object.keys(values).map((name) => [name, worthOf(pattern.replace("%", name))]);
  expect(Object.fromEntries(found)).toEqual(values);
});

describe("a tag is worth nothing", () => {
  test.each([
    "tlp:green",
    'misp:threat-level="high-risk"',
    'admiralty-scale:source-reliability="z"',
    "admiralty-scale:source-reliability=a",
    'constructor:name="toString"',
    'admiralty-scale:source-reliability="constructor"',
    "",
  ])("when it is %j", (tag) => {
    expect(tagValues([tag], [])).toEqual([]);
  });
});

test("capitals do not matter", () => {
  expect(worthOf('Admiralty-Scale:Source-Reliability="A"')).toBe(100);
});

test("an attribute's own tag stands in the place of its event's of the same kind, and beside those of other kinds", () => {
  const own = ['admiralty-scale:source-reliability="e"'];
  const event = ['admiralty-scale:source-reliability="a"', 'false-positive:risk="low"'];
  expect(tagValues(own, event).map(({ value }) => value)).toEqual([0, 75]);
});
