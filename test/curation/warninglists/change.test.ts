import { describe, expect, test } from "vitest";
import { comparing, touching, values } from "../../../src/curation/warninglists/change.ts";
import { type Compilation, finish } from "../../../src/curation/warninglists/compilation.ts";
import type { Warninglist } from "../../../src/curation/warninglists/warninglist.ts";
import { compileWarninglists } from "../../../src/curation/warninglists/warninglists.ts";
import { diff, touches } from "../../support/list-changes.ts";
import { aWarninglist } from "./a-warninglist.ts";

const before = aWarninglist({ entries: ["a", "b", "c", "d"] });

describe("a change of lists", () => {
  test("is the entries that came and went", () => {
    const after = { ...before, version: 2, entries: ["a", "x", "c", "d", "e"] };
    expect(diff([before], [after])).toEqual([
      {
        list: { id: undefined, name: "A list", category: "false_positive" },
        type: "string",
        matchingAttributes: ["ALL"],
        changedEntries: ["b", "x", "e"],
      },
    ]);
  });

  test("is nothing when only the order or the version is another", () => {
    expect(diff([before], [{ ...before, version: 9, entries: ["d", "c", "b", "a", "a"] }])).toEqual([]);
  });

  test("is all entries of a list that came or went", () => {
    expect(diff([], [before]).map(({ changedEntries }) => changedEntries)).toEqual([before.entries]);
    expect(diff([before], []).map(({ changedEntries }) => changedEntries)).toEqual([before.entries]);
  });

  test.each([
    ["kind", { type: "hostname" }],
    ["category", { category: "known" }],
    ["types", { matchingAttributes: ["domain"] }],
    ["name", { name: "Another list" }],
    ["number", { id: 2 }],
  ] satisfies [string, Partial<Warninglist>][])(
    "is all entries, of old and new, when the %s is another",
    (_, fields) => {
      const entries = ["a", "z"];
      expect(diff([before], [{ ...before, entries, ...fields }]).map((change) => change.changedEntries)).toEqual([
        before.entries,
        entries,
      ]);
    },
  );

  test("keeps apart lists of the same name", () => {
    const after = { ...before, entries: ["a"] };
    expect(diff([before, before], [before, after]).map((change) => change.changedEntries)).toEqual([["b", "c", "d"]]);
  });
});

describe("a change touches", () => {
  const touched = (fields: Partial<Warninglist>, type: string, value: string) =>
    diff([], [aWarninglist(fields)]).some((change) => touches(change)(type, value));

  test.each([
    ["a value that equals an entry of a list of strings", "string", "Evil.com", "Evil.com", true],
    ["its normalised form", "string", "Evil.com", "evil.com", true],
    ["an address that equals an entry, normalised", "string", "2001:DB8:0::1", "2001:db8::1", true],
    ["no other value", "string", "Evil.com", "www.evil.com", false],
    ["a name under a host name", "hostname", "Evil.com", "www.evil.com", true],
    ["the URL of such a host", "hostname", "evil.com", "http://www.evil.com/", true],
    ["a name that was normalised beyond ASCII", "hostname", "É.com", "é.com", true],
    ["no name above it", "hostname", "www.evil.com", "evil.com", false],
    ["an address inside a network", "cidr", "10.0.0.0/8", "10.1.1.1", true],
    ["a network that begins inside, even a wider one", "cidr", "10.0.0.0/8", "10.0.0.0/7", true],
    ["no address outside", "cidr", "10.0.0.0/8", "11.1.1.1", false],
    ["everything, for a list of substrings", "substring", "x", "anything", true],
    ["everything, for a list of regular expressions", "regex", "/x/", "anything", true],
  ] as const)("%s", (_, type, entry, value, expected) => {
    expect(touched({ type, entries: [entry] }, "text", value)).toBe(expected);
  });

  test("only types that the list is for, and what such types are made of", () => {
    const fields = { entries: ["x"], matchingAttributes: ["domain|ip", "malware-sample"] };
    expect(touched(fields, "domain|ip", "evil.com|x")).toBe(true);
    expect(touched(fields, "ip", "x")).toBe(true);
    expect(touched(fields, "filename", "x")).toBe(true);
    expect(touched(fields, "url", "x")).toBe(false);
  });
});

test("of IPv6 networks, all others may get another answer with one: the list's order of prefix lengths decides", () => {
  const networks = ["::/0", "2001:db8::/32", "2001:db8::/16"];
  const without = aWarninglist({ type: "cidr", entries: networks });
  const present = aWarninglist({ type: "cidr", entries: ["2001:dbf::/16", ...networks] });
  const answers = [without, present].map(
    (list) => compileWarninglists([list]).match("ip-dst", "2001:db8:5::/24").length,
  );
  const tests = diff([without], [present]).map(touches);
  expect(answers).toEqual([1, 0]);
  expect(tests.some((test) => test("ip-dst", "2001:db8:5::/24"))).toBe(true);
});

test("of a list of strings, the values to look up are known", () => {
  const [change] = diff([], [aWarninglist({ entries: [" Evil.com"] })]);
  expect(change && finish(values(change))).toEqual(new Set([" Evil.com", "Evil.com", "evil.com"]));
});

test("of other lists, they are not", () => {
  const [change] = diff([], [aWarninglist({ type: "hostname", entries: ["evil.com"] })]);
  expect(change && finish(values(change))).toBeNull();
});

test.for(["string", "hostname", "cidr"] as const)(
  "a large list of type %s lets other things go on meanwhile",
  (type) => {
    const entries = Array.from({ length: 20_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const [former, present] = [entries, entries.toReversed()].map((order) => aWarninglist({ type, entries: order }));
    if (!former || !present) throw new Error("unreachable");
    const [change] = diff([], [present]);
    expect(pauses(comparing([former], [present]))).toBeGreaterThan(10);
    expect(change && pauses(touching(change))).toBeGreaterThan(3);
  },
);

function pauses(compilation: Compilation<unknown>): number {
  let count = 0;
  while (!compilation.next().done) count += 1;
  return count;
}
