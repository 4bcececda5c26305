import { describe, expect, test } from "vitest";
import { compileWarninglists } from "../../../src/curation/warninglists/warninglists.ts";
import { aWarninglist, entryThatWarns } from "./a-warninglist.ts";

describe("a list of regular expressions warns", () => {
  test.each([
    ["wherever the expression matches", "/vil/", "evil.com", true],
    ["by an anchored expression", "/^vil/", "evil.com", false],
    ["whatever the capitals, with the flag i", "/^(security|abuse)\\@.*\\..*$/i", "ABUSE@example.com", true],
    ["only of the same capitals without it", "/^abuse$/", "ABUSE", false],
    ["in any line, with the flag m", "/^b$/m", "a\nb\nc", true],
    ["only at the beginning without it", "/^b/", "a\nb", false],
    ["across lines, with the flag s", "/a.b/s", "a\nb", true],
    ["not across lines without it", "/a.b/", "a\nb", false],
    ["without white space and comments, with the flag x", "/a b  # the rest\n [ ] c/x", "ab c", true],
    ["before a line break at the end", "/a$/", "a\n", true],
    ["not before one, with the flag D", "/a$/D", "a\n", false],
    ["only at the beginning, with the flag A", "/b|c/A", "ac", false],
    ["by bytes, without the flag u", "/^..$/", "é", true],
    ["by letters, with the flag u", "/^.$/u", "é", true],
    ["not by capitals beyond ASCII, without the flag u", "/É/i", "é", false],
    ["by capitals beyond ASCII, with the flag u", "/É/iu", "é", true],
    ["by letters of any alphabet, with the flag u", "/^\\w+$/u", "bücher", true],
    ["by letters of ASCII without it", "/^\\w+$/", "bücher", false],
    ["with other delimiters", "#^http://evil#", "http://evil.com", true],
    ["with brackets for delimiters", "{^a{2}$}", "aa", true],
    ["after white space", "  /a/", "a", true],
    ["up to the first delimiter that is not escaped", "/a\\/b/", "a/b", true],
    ["never with a flag that MISP does not know", "/a/g", "a", false],
    ["never with a delimiter inside", "/a/b/", "a", false],
    ["never without delimiters", "abc", "abc", false],
    ["never without the second delimiter", "/abc", "/abc", false],
    ["never with an empty text for an expression", " ", "", false],
    ["with a look behind", "/(?<=e)vil/", "evil", true],
    ["with a named group", "/(?<name>e)vil/", "evil", true],
    ["with a comment", "/e(?# says what)vil/", "evil", true],
    ["with white space of all kinds", "/a[\\s]b\\sc\\S/", "a\vb\vcd", true],
  ])("%s", (_, entry, value, hit) => {
    expect(entryThatWarns("regex", [entry], value)).toBe(hit ? entry : null);
  });

  test("by its usable expressions, and names those that never match with the reason", () => {
    const list = aWarninglist({
      name: "Mixed",
      type: "regex",
      entries: ["/a(?=b)/", "/(a)\\1/", "/a/g", "/a(/", "/b/"],
    });
    const compiled = compileWarninglists([list]);
    expect(compiled.match("text", "ab").map(({ entry }) => entry)).toEqual(["/b/"]);
    expect(compiled.match("text", "aa")).toEqual([]);
    expect(compiled.unusable.map(({ list: { name }, entry }) => [name, entry])).toEqual(
      ["/a(?=b)/", "/(a)\\1/", "/a/g", "/a(/"].map((entry) => ["Mixed", entry]),
    );
    expect(compiled.unusable.map(({ reason }) => reason)).toContain(
      "MISP never matches it: its flag g is unknown there",
    );
  });

  test("of an expression that would keep a backtracking engine busy for years", () => {
    expect(entryThatWarns("regex", ["/^(a+)+$/"], `${"a".repeat(50_000)}!`)).toBeNull();
  });
});
