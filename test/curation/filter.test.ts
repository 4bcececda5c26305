import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Criteria, compileFilter, type FilterRule, looksAtTags, type Picture } from "../../src/curation/filter.ts";

const UUID = "c0c0c0c0-0000-4000-8000-000000000004";

function aPicture(facts: Partial<Picture> = {}): Picture {
  return { types: ["domain"], tags: [], distribution: 3, creator: { id: 4, uuid: UUID, name: "CIRCL" }, ...facts };
}

function passes(rule: FilterRule, facts: Partial<Picture> = {}): boolean {
  return compileFilter([rule])(aPicture(facts));
}

test("without rules everything passes", () => {
  expect(compileFilter([])(aPicture())).toBe(true);
});

test("what passes any rule passes", () => {
  const filter = compileFilter([{ types: ["md5"] }, { orgs: ["CIRCL"] }]);
  expect(filter(aPicture())).toBe(true);
  expect(filter(aPicture({ creator: { id: 9, uuid: null, name: "Other" } }))).toBe(false);
});

test("within a rule every key that is given must be satisfied, by any of its entries", () => {
  const rule = { orgs: ["CIRCL"], types: ["md5", "domain"], tags: ["tlp:white", "tlp:green"], distributions: [2, 3] };
  expect(passes(rule, { tags: ["tlp:green"] })).toBe(true);
  expect(passes(rule, { tags: [] })).toBe(false);
  expect(passes(rule, { tags: ["tlp:green"], types: ["url"] })).toBe(false);
  expect(passes(rule, { tags: ["tlp:green"], distribution: 1 })).toBe(false);
});

test("`not` excludes on any hit of any key", () => {
  const rule = { types: ["domain"], not: { orgs: ["Other"], tags: ["tlp:red"] } };
  expect(passes(rule)).toBe(true);
  expect(passes(rule, { tags: ["TLP:RED"] })).toBe(false);
  expect(passes(rule, { creator: { id: 9, uuid: null, name: "other" } })).toBe(false);
});

test.for([4, "4", UUID, UUID.toUpperCase(), "CIRCL", "circl"])("an organisation is named by %j", (name) => {
  expect(passes({ orgs: [name] })).toBe(true);
  expect(passes({ orgs: [name] }, { creator: { id: 5, uuid: null, name: null } })).toBe(false);
});

test.for([4, UUID, UUID.toUpperCase()])(
  "an organisation that calls itself %j is not the one that is meant by it",
  (name) => {
    const stranger = { id: 5, uuid: null, name: String(name).toLowerCase() };
    expect(passes({ orgs: [name] }, { creator: stranger })).toBe(false);
  },
);

test("a half of a composite type passes under its own type and under the attribute's", () => {
  const half = { types: ["ip", "domain|ip"] };
  expect(passes({ types: ["ip"] }, half)).toBe(true);
  expect(passes({ types: ["domain|ip"] }, half)).toBe(true);
  expect(passes({ types: ["domain"] }, half)).toBe(false);
});

describe("in a tag `*` stands for any run of characters, and case does not matter", () => {
  test.for([
    ["tlp:*", "TLP:White", true],
    ["*", "", true],
    ["*scale*rel*", "admiralty-scale:source-reliability", true],
    ["a*b*a", "aba", true],
    ["a*a", "a", false],
    ["ab*bc", "abc", false],
    ["*b*a*", "ab", false],
    ["tlp:white", "tlp:whitest", false],
    ["tlp.white", "tlp:white", false],
    ['admiralty-scale:source-reliability="a"', 'admiralty-scale:source-reliability="A"', true],
  ] as const)("%j and %j: %j", ([pattern, tag, expected]) => {
    expect(passes({ tags: [pattern] }, { tags: [tag] })).toBe(expected);
  });
});

test("a hostile tag costs no more than its length", () => {
  expect(passes({ tags: [`${"*a".repeat(50)}b`] }, { tags: ["a".repeat(100_000)] })).toBe(false);
});

test("only rules that name tags, also under `not`, look at tags", () => {
  expect(looksAtTags([{ types: ["md5"] }, { not: { orgs: [1] } }])).toBe(false);
  expect(looksAtTags([{ types: ["md5"] }, { tags: ["a"] }])).toBe(true);
  expect(looksAtTags([{ types: ["md5"], not: { tags: ["a"] } }])).toBe(true);
});

/** The contract word for word, with no thought of speed. */
function naively(rules: readonly FilterRule[], picture: Picture): boolean {
  return (
    rules.length === 0 ||
    rules.some((rule) => hits(rule, picture).every(Boolean) && !hits(rule.not ?? {}, picture).some(Boolean))
  );
}

function hits({ orgs, types, tags, distributions }: Criteria, picture: Picture): boolean[] {
  const names = [picture.creator.id, picture.creator.uuid, picture.creator.name].map((name) =>
    String(name).toLowerCase(),
  );
  return [
    ...(orgs ? [orgs.some((org) => names.includes(String(org).toLowerCase()))] : []),
    ...(types ? [types.some((type) => picture.types.includes(type))] : []),
    ...(tags ? [tags.some((pattern) => picture.tags.some((tag) => globbed(pattern, tag)))] : []),
    ...(distributions ? [distributions.includes(picture.distribution)] : []),
  ];
}

function globbed(pattern: string, tag: string): boolean {
  const [first = "", ...rest] = pattern;
  if (pattern === "") return tag === "";
  if (first === "*") return globbed(rest.join(""), tag) || (tag !== "" && globbed(pattern, tag.slice(1)));
  return tag[0]?.toLowerCase() === first.toLowerCase() && globbed(rest.join(""), tag.slice(1));
}

const few = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { minLength: 1, maxLength: 3 });
const tagText = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 6 });
const criteria = {
  orgs: few(fc.constantFrom<string | number>(1, "2", "3", "Alpha", "BETA", UUID)),
  types: few(fc.constantFrom("domain", "ip", "domain|ip")),
  tags: few(tagText("abA*")),
  distributions: few(fc.integer({ min: 0, max: 4 })),
};
const rule = fc.record({ ...criteria, not: fc.record(criteria, { requiredKeys: [] }) }, { requiredKeys: [] });
const picture = fc.record({
  types: fc.constantFrom(["domain"], ["ip", "domain|ip"]),
  tags: fc.array(tagText("abAB"), { maxLength: 3 }),
  distribution: fc.integer({ min: 0, max: 4 }),
  creator: fc.record({
    id: fc.integer({ min: 1, max: 4 }),
    uuid: fc.constantFrom(null, UUID),
    name: fc.constantFrom(null, "alpha", "Beta"),
  }),
});

test("any filter decides as its description read word for word does", () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 3 }), picture, (rules, seen) => {
      expect(compileFilter(rules)(seen)).toBe(naively(rules, seen));
    }),
    { numRuns: 1_000 },
  );
});
