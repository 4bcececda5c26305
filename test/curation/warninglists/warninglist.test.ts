import { describe, expect, test } from "vitest";
import { parseWarninglist } from "../../../src/curation/warninglists/warninglist.ts";

const file = {
  name: "Resolvers",
  description: "Known resolvers",
  version: 20240615,
  type: "cidr",
  matching_attributes: ["ip-src", "ip-dst"],
  list: ["8.8.8.8", "9.9.9.9"],
};

const viewed = {
  Warninglist: {
    id: "19",
    name: "Trusted organisations",
    type: "string",
    version: "2",
    category: "known",
    WarninglistEntry: [
      { id: "1", value: "org_uuid:one", warninglist_id: "19", comment: null },
      { id: "2", value: "0", warninglist_id: "19", comment: "of no use" },
    ],
    WarninglistType: [{ id: "1", type: "ALL", warninglist_id: "19" }],
  },
};

describe("a list from a file", () => {
  test("keeps its name, kind, version, types and entries", () => {
    expect(parseWarninglist(file, "folder")).toEqual({
      name: "Resolvers",
      type: "cidr",
      version: 20240615,
      category: "false_positive",
      matchingAttributes: ["ip-src", "ip-dst"],
      entries: ["8.8.8.8", "9.9.9.9"],
    });
  });

  test("is for all types when it names none", () => {
    expect(parseWarninglist({ ...file, matching_attributes: [] }, "folder").matchingAttributes).toEqual(["ALL"]);
    expect(parseWarninglist({ ...file, matching_attributes: undefined }, "folder").matchingAttributes).toEqual(["ALL"]);
  });

  test("goes by its folder's name when it has none", () => {
    expect(parseWarninglist({ ...file, name: undefined }, "folder").name).toBe("folder");
  });

  test("may have a comment to each entry", () => {
    expect(parseWarninglist({ ...file, list: { "8.8.8.8": "Google", "9.9.9.9": null } }, "folder").entries).toEqual([
      "8.8.8.8",
      "9.9.9.9",
    ]);
  });

  test("loses the entries that MISP does not take from a file", () => {
    expect(parseWarninglist({ ...file, list: ["", "0", "00", null, 1] }, "folder").entries).toEqual(["00", "1"]);
  });

  test("is one of strings, version 1, when it does not say", () => {
    const { type, version } = parseWarninglist({ list: [] }, "folder");
    expect({ type, version }).toEqual({ type: "string", version: 1 });
  });

  test("has a version that is text in MISP's export", () => {
    expect(parseWarninglist({ ...file, version: "7" }, "folder").version).toBe(7);
  });
});

test("a list as MISP shows it brings its number and category, and the entries that are stored", () => {
  expect(parseWarninglist(viewed, "19")).toEqual({
    id: 19,
    name: "Trusted organisations",
    type: "string",
    version: 2,
    category: "known",
    matchingAttributes: ["ALL"],
    entries: ["org_uuid:one", "0"],
  });
});

describe("a list is refused with a sentence that says", () => {
  test.each([
    ["that it is no object", [], "Warninglist folder: it must be a JSON object."],
    ["that there is no list", { ...file, list: undefined }, "Warninglist Resolvers: it has no list."],
    ["that its list is text", { ...file, list: "8.8.8.8" }, "Warninglist Resolvers: its list must be a list."],
    [
      "which entry is no text",
      { ...file, list: ["a", {}] },
      "Warninglist Resolvers: element 2 of its list is no text.",
    ],
    [
      "which types there are",
      { ...file, type: "glob" },
      "Warninglist Resolvers: its type must be one of cidr, hostname, string, substring, regex.",
    ],
    [
      "that its version is no number",
      { ...file, version: "new" },
      "Warninglist Resolvers: its version must be a number.",
    ],
    [
      "which categories there are",
      { ...file, category: "odd" },
      "Warninglist Resolvers: its category must be false_positive or known.",
    ],
    [
      "that MISP's number of it is missing",
      { Warninglist: { name: "Odd" } },
      "Warninglist Odd: its id must be a number above 0.",
    ],
    [
      "that MISP's answer has no entries",
      { Warninglist: { id: 1, name: "Odd" } },
      "Warninglist Odd: its WarninglistEntry must be a list.",
    ],
  ])("%s", (_, json, sentence) => {
    expect(() => parseWarninglist(json, "folder")).toThrow(new Error(sentence));
  });
});
