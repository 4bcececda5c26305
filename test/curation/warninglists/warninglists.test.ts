import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ListIndex } from "../../../src/curation/warninglists/list-index.ts";
import { compileWarninglists } from "../../../src/curation/warninglists/warninglists.ts";
import { aWarninglist } from "./a-warninglist.ts";

describe("lists", () => {
  test("warn of the types that they are for", () => {
    const hashes = aWarninglist({ matchingAttributes: ["md5", "filename|md5"], entries: ["abc"] });
    const { match } = compileWarninglists([hashes]);
    expect(match("md5", "abc")).toHaveLength(1);
    expect(match("filename|md5", "a.exe|abc")).toHaveLength(1);
    expect(match("sha1", "abc")).toEqual([]);
  });

  test("warn of types that nobody has heard of, when they are for all", () => {
    expect(compileWarninglists([aWarninglist({ entries: ["abc"] })]).match("new-type", "abc")).toHaveLength(1);
  });

  test("are all named that warn of a value, in their order, with what they hold", () => {
    const { match } = compileWarninglists([
      aWarninglist({ name: "Substrings", type: "substring", entries: ["evil"] }),
      aWarninglist({ name: "Others", entries: ["good.com"] }),
      aWarninglist({ name: "Names", type: "hostname", id: 7, category: "known", entries: ["evil.com"] }),
      aWarninglist({ name: "Strings", entries: ["www.evil.com"] }),
    ]);
    const value = "www.evil.com";
    expect(match("domain", value)).toEqual([
      { list: { id: undefined, name: "Substrings", category: "false_positive" }, entry: "evil", value },
      { list: { id: 7, name: "Names", category: "known" }, entry: "evil.com", value },
      { list: { id: undefined, name: "Strings", category: "false_positive" }, entry: "www.evil.com", value },
    ]);
  });

  test("name the half of a composite value that is on each", () => {
    const { match } = compileWarninglists([
      aWarninglist({ type: "cidr", entries: ["10.0.0.0/8"] }),
      aWarninglist({ type: "hostname", entries: ["evil.com"] }),
    ]);
    expect(match("domain|ip", "evil.com|10.1.1.1").map(({ value }) => value)).toEqual(["10.1.1.1", "evil.com"]);
  });

  test("that share an entry each warn of it", () => {
    const { match } = compileWarninglists(
      ["a", "b", "c"].map((name) => aWarninglist({ name, entries: ["x", "x", name] })),
    );
    expect(match("text", "x").map(({ list }) => list.name)).toEqual(["a", "b", "c"]);
    expect(match("text", "b").map(({ list }) => list.name)).toEqual(["b"]);
  });

  test("that are none, or empty, warn of nothing", () => {
    expect(compileWarninglists([]).match("domain", "evil.com")).toEqual([]);
    expect(compileWarninglists([aWarninglist(), aWarninglist({ type: "cidr" })]).match("domain", "")).toEqual([]);
  });
});

test("the index knows of each key exactly the lists that were noted", () => {
  const key = fc.uint8Array({ maxLength: 3, max: 2 });
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat(4)), { maxLength: 60 }), key, (added, other) => {
      const index = new ListIndex(added.length);
      const expected = new Map<string, Set<number>>();
      for (const [bytes, list] of added) {
        index.add(bytes, list);
        expected.set(bytes.join(), (expected.get(bytes.join()) ?? new Set()).add(list));
      }
      for (const bytes of [...added.map(([given]) => given), other]) {
        expect(index.find(bytes)).toEqual([...(expected.get(bytes.join()) ?? [])].sort());
      }
    }),
  );
});
