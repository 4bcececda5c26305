/** The entries that a rule names; each list is satisfied by any of its entries. */
export interface Criteria {
  /** Creator organisations by id, UUID or name. */
  orgs?: readonly (string | number)[] | undefined;
  types?: readonly string[] | undefined;
  /** Tag names, case-insensitive, `*` stands for anything; over the event's and the attribute's tags together. */
  tags?: readonly string[] | undefined;
  distributions?: readonly number[] | undefined;
}

export interface FilterRule extends Criteria {
  not?: Criteria | undefined;
}

/** What a filter looks at: the joined picture of an attribute and its event. */
export interface Picture {
  /** The attribute's type and, for a half of a composite type, the half's own. */
  types: readonly string[];
  tags: readonly string[];
  distribution: number;
  creator: { id: number; uuid: string | null; name: string | null };
}

export type Filter = (picture: Picture) => boolean;
type Test = (picture: Picture) => boolean;

/** Makes a filter of rules: it passes what passes any of them, and everything when there are none. */
export function compileFilter(rules: readonly FilterRule[]): Filter {
  if (rules.length === 0) return () => true;
  const tests = rules.map(compileRule);
  return (picture) => tests.some((test) => test(picture));
}

/** True when the decision of these rules can change once a tag arrives. */
export function looksAtTags(rules: readonly FilterRule[]): boolean {
  return rules.some((rule) => rule.tags !== undefined || rule.not?.tags !== undefined);
}

function compileRule(rule: FilterRule): Test {
  const required = criteriaTests(rule);
  const excluded = criteriaTests(rule.not ?? {});
  return (picture) => required.every((test) => test(picture)) && !excluded.some((test) => test(picture));
}

function criteriaTests({ orgs, types, tags, distributions }: Criteria): Test[] {
  const tests: Test[] = [];
  if (orgs) tests.push(organisationTest(orgs));
  if (types) tests.push((picture) => picture.types.some((type) => types.includes(type)));
  if (tags) tests.push(tagTest(tags));
  if (distributions) tests.push((picture) => distributions.includes(picture.distribution));
  return tests;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** A number is an id, and a UUID is one, whatever others call themselves: an organisation of another server brings its own name along. */
function organisationTest(orgs: readonly (string | number)[]): Test {
  const ids = new Set(orgs.map(String));
  const uuids = new Set(orgs.map((org) => String(org).toLowerCase()));
  const named = orgs.filter((org) => typeof org === "string").map((org) => org.toLowerCase());
  const names = new Set(named.filter((name) => !UUID.test(name)));
  return ({ creator }) =>
    ids.has(String(creator.id)) ||
    (creator.uuid !== null && uuids.has(creator.uuid)) ||
    (creator.name !== null && names.has(creator.name.toLowerCase()));
}

function tagTest(patterns: readonly string[]): Test {
  const matches = matchTags(patterns);
  return (picture) => picture.tags.some(matches);
}

/** A test for tag names against patterns, case-insensitive, in which `*` stands for any run of characters. */
export function matchTags(patterns: readonly string[]): (tag: string) => boolean {
  const tests = patterns.map((pattern) => globTest(pattern.toLowerCase().split("*")));
  return (tag) => {
    const name = tag.toLowerCase();
    return tests.some((test) => test(name));
  };
}

/** Tests by searching each literal part in turn: linear time, whatever the tag says. */
function globTest(parts: readonly string[]): (name: string) => boolean {
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return (name) => name === first;
  const last = rest[rest.length - 1] ?? "";
  const middle = rest.slice(0, -1);
  return (name) => {
    if (!name.startsWith(first)) return false;
    let position = first.length;
    for (const part of middle) {
      const found = name.indexOf(part, position);
      if (found < 0) return false;
      position = found + part.length;
    }
    return name.length - last.length >= position && name.endsWith(last);
  };
}
