import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compileTrust } from "../../../src/curation/warninglists/trust.ts";
import { parseWarninglist } from "../../../src/curation/warninglists/warninglist.ts";
import { compileWarninglists } from "../../../src/curation/warninglists/warninglists.ts";

const folder = new URL("../../../warninglists/", import.meta.url);
const names = readdirSync(folder);
const lists = names.map((name) => {
  const text = readFileSync(new URL(`${name}/list.json`, folder), "utf8");
  return parseWarninglist(JSON.parse(text), "");
});
const compiled = compileWarninglists(lists);
const hits = (type: string, value: string) => compiled.match(type, value).map(({ list }) => list.name);

describe("the lists that are shipped", () => {
  test("bear the names of their folders and hold something, each entry once", () => {
    expect(lists.map(({ name }) => name)).toEqual(names);
    for (const { entries } of lists) expect(new Set(entries).size).toBe(entries.length);
    expect(lists.every(({ entries }) => entries.length > 0)).toBe(true);
  });

  test("can be found by each of their entries", () => {
    for (const { name, type, entries, matchingAttributes } of lists) {
      const [first = ""] = matchingAttributes;
      if (type !== "string") expect(entries.filter((entry) => !hits(first, entry).includes(name))).toEqual([]);
    }
    expect(compiled.unusable).toEqual([]);
  });

  test.each([
    ["ip-dst", "192.168.1.1"],
    ["ip-src", "100.64.0.1"],
    ["ip-dst|port", "127.0.0.1|443"],
    ["ip-dst", "255.255.255.255"],
    ["ip-dst", "0.0.0.0/0"],
    ["ip-dst", "::/0"],
    ["ip-dst", "FE80::1"],
    ["ip-dst", "fd00::1"],
  ])("protect what is the same in every network: %s %s", (type, value) => {
    expect(hits(type, value)).toEqual(["rfc1918-and-friends"]);
  });

  test("leave addresses alone that belong to somebody, and those that documentation uses", () => {
    for (const value of ["203.0.113.9", "198.51.100.7", "192.0.2.1", "2001:db8::1", "172.32.0.1", "100.128.0.1"]) {
      expect(hits("ip-dst", value)).toEqual([]);
    }
  });

  test("protect resolvers and top sites", () => {
    expect(hits("ip-dst", "8.8.8.8")).toEqual(["public-dns-resolvers"]);
    expect(hits("ip-dst", "2606:4700:4700:0:0:0:0:1111")).toEqual(["public-dns-resolvers"]);
    expect(hits("url", "https://dns.google/dns-query")).toEqual(["public-dns-resolver-names"]);
    expect(hits("domain", "www.wikipedia.org")).toEqual(["top-sites"]);
  });

  test("leave bad addresses on top sites alone", () => {
    expect(hits("url", "https://docs.google.com/document/bad")).toEqual([]);
  });

  test("show how to trust organisations", () => {
    const levels = [
      { list: "org-confidence-level-high", score: 100, publish: true },
      { list: "org-confidence-level-medium", score: 50, publish: false },
    ];
    const { trustOf, missing } = compileTrust(lists, levels, "org_uuid:");
    expect(trustOf("55f6ea5e-2c60-40e5-964f-47a8950d210f")?.matches).toEqual(levels);
    expect(missing).toEqual([]);
  });
});
