import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  parseWarninglist,
  WARNINGLIST_KINDS,
  type Warninglist,
} from "../../../src/curation/warninglists/warninglist.ts";
import { compileWarninglists, type Warninglists } from "../../../src/curation/warninglists/warninglists.ts";
import { aWarninglist } from "./a-warninglist.ts";
import { type NaiveHit, naiveTest, reportsAnyEntry } from "./naive-misp.ts";
import { type Probe, probesFor } from "./probes.ts";

/** A copy of the public lists, to compare all of them: one folder a list. */
const folder = process.env.WARNINGLISTS_DIR;

/** Few characters, so that entries and values meet often. */
const texts = {
  string: fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 }),
  substring: fc.string({ unit: fc.constantFrom("a", "b", "é"), minLength: 1, maxLength: 4 }),
  hostname: fc.string({ unit: fc.constantFrom("a", "B", "0", ".", "é"), minLength: 1, maxLength: 6 }),
  cidr: fc.oneof(networks(ipv4(), 34), networks(ipv6(), 130)),
  regex: fc.constantFrom("/a+b/", "/^A/i", "/a$/", "/a/g", "/[^a]/", "/b{2}/"),
};

const values = fc.oneof(
  ...Object.values(texts),
  fc.string({ unit: fc.constantFrom("a", "b", "0", ".", "/", "|", "é"), maxLength: 12 }),
);

function networks(address: fc.Arbitrary<string>, longest: number): fc.Arbitrary<string> {
  const masks = fc.oneof(
    fc.integer({ min: 0, max: longest }).map(String),
    fc.constantFrom("", "abc", "!", "08", "9.."),
  );
  return fc.tuple(address, fc.option(masks)).map(([text, mask]) => (mask === null ? text : `${text}/${mask}`));
}

function ipv4(): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(0, 1, 128, 192), { minLength: 4, maxLength: 4 }).map((octets) => octets.join("."));
}

function ipv6(): fc.Arbitrary<string> {
  const groups = fc.array(fc.constantFrom("0", "1", "8000", "FFFF"), { minLength: 1, maxLength: 3 });
  return fc.tuple(groups, groups).map(([left, right]) => `${left.join(":")}::${right.join(":")}`);
}

const lists = fc.array(
  fc.constantFrom(...WARNINGLIST_KINDS).chain((type) =>
    fc.record({
      type: fc.constant(type),
      matchingAttributes: fc.constantFrom(["ALL"], ["text"], ["domain|ip", "url"]),
      entries: fc.array(texts[type].filter(isUnambiguous), { maxLength: 12 }),
    }),
  ),
  { maxLength: 6 },
);

/** MISP keeps apart masks that only differ in how they are written; which of them it reports is not the point here. */
function isUnambiguous(entry: string): boolean {
  return !/:.*\/(?:0\d|abc|!|$)/.test(entry);
}

/** What the real thing says, list by list. */
function answers(compiled: Warninglists, lists: readonly Warninglist[], { type, value }: Probe): (NaiveHit | null)[] {
  const found = new Map(
    compiled.match(type, value).map(({ list, entry, value: part }) => [list.name, { entry, value: part }]),
  );
  return lists.map(({ name }) => found.get(name) ?? null);
}

/** The first list of which both say something else; `null` when they agree. */
function disagreement(
  compiled: Warninglists,
  lists: readonly Warninglist[],
  naive: readonly ReturnType<typeof naiveTest>[],
  probe: Probe,
): unknown {
  const ours = answers(compiled, lists, probe);
  for (const [index, list] of lists.entries()) {
    const expected = naive[index]?.(probe.type, probe.value) ?? null;
    const actual = ours[index] ?? null;
    const sameValue = expected?.value === actual?.value;
    const sameEntry = reportsAnyEntry(list.type) || expected?.entry === actual?.entry;
    if (!sameValue || !sameEntry) return { list: list.name, ...probe, expected, actual };
  }
  return null;
}

test("all lists together say what MISP says of each, whatever the lists and the value", () => {
  const types = fc.constantFrom("text", "url", "domain|ip", "malware-sample");
  fc.assert(
    fc.property(
      lists,
      fc.array(fc.record({ type: types, value: values }), { minLength: 8, maxLength: 8 }),
      (some, probes) => {
        const named = some.map((fields, index) => aWarninglist({ ...fields, name: `List ${index}` }));
        const compiled = compileWarninglists(named);
        const naive = named.map(naiveTest);
        for (const probe of probes) expect(disagreement(compiled, named, naive, probe)).toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});

const fixtures = [
  aWarninglist({
    name: "Names",
    type: "hostname",
    entries: ["Example.com", "www.example.net", "1.0.example", ".dotted."],
  }),
  aWarninglist({
    name: "IPv4",
    type: "cidr",
    entries: ["10.0.0.0/8", "192.0.2.3/24", "198.51.100.7", "172.16.0.0/12"],
  }),
  aWarninglist({ name: "IPv6", type: "cidr", entries: ["2001:db8::/32", "fe80::1/10", "2001:db8:1::/48", "::1"] }),
  aWarninglist({ name: "Hashes", entries: ["d41d8cd98f00b204e9800998ecf8427e", "AAA"], matchingAttributes: ["md5"] }),
  aWarninglist({ name: "Parts", type: "substring", entries: ["example.org", "mple"] }),
  aWarninglist({ name: "TLDs", entries: ["AAA", "ORG"], matchingAttributes: ["domain", "hostname"] }),
  aWarninglist({ name: "Numbers", type: "regex", entries: ["/55501([0-9]{2})/g", "/^\\+1555/", "/EXAMPLE\\.net$/i"] }),
];

const everything = folder === undefined ? fixtures : listsIn(folder);

function listsIn(directory: string): Warninglist[] {
  return readdirSync(directory)
    .map((name) => path.join(directory, name, "list.json"))
    .filter((file) => existsSync(file))
    .map((file) => parseWarninglist(JSON.parse(readFileSync(file, "utf8")), file));
}

test(`what comes close to the entries of ${everything.length} lists is judged as MISP judges it`, {
  timeout: 1_800_000,
}, () => {
  const compiled = compileWarninglists(everything);
  const naive = everything.map(naiveTest);
  const probes = everything.flatMap((list) => probesFor(list, 6));
  const differences = probes.map((probe) => disagreement(compiled, everything, naive, probe)).filter(Boolean);
  expect({ lists: everything.length, differences }).toEqual({ lists: everything.length, differences: [] });
  expect(probes.length).toBeGreaterThan(500);
  if (folder === undefined) return;
  const hits = probes.reduce((sum, { type, value }) => sum + compiled.match(type, value).length, 0);
  process.stderr.write(
    `${everything.length} lists × ${probes.length} attributes = ${everything.length * probes.length} comparisons: ` +
      `${hits} hits, ${differences.length} mismatches\n`,
  );
});
