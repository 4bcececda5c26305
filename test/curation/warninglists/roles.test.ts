import { describe, expect, test } from "vitest";
import { compileRoles, verdictOf } from "../../../src/curation/warninglists/roles.ts";
import { compileWarninglists } from "../../../src/curation/warninglists/warninglists.ts";
import { aWarninglist } from "./a-warninglist.ts";

describe("the role of a list", () => {
  const roleOf = compileRoles({
    "Top *": { lower: 10 },
    "top 1000": "inform",
    "*1000*": "block",
    Trusted: "inform",
  });
  const role = (name: string, category: "false_positive" | "known" = "false_positive") => roleOf({ name, category });

  test("is to block, unless its category is known: then to inform", () => {
    expect(role("Anything")).toBe("block");
    expect(role("Anything", "known")).toBe("inform");
  });

  test("is set by name, whatever the capitals", () => {
    expect(role("trusted")).toBe("inform");
  });

  test("is set by a pattern, of which the first counts", () => {
    expect(role("Top 10")).toEqual({ lower: 10 });
    expect(role("Top 1000 of Alexa")).toEqual({ lower: 10 });
    expect(role("The 1000 best", "known")).toBe("block");
  });

  test("is set by the full name before any pattern", () => {
    expect(role("Top 1000")).toBe("inform");
  });
});

test("a verdict blocks when one list does, adds up the points, and names every hit", () => {
  const lists = ["Blocks", "Lowers", "Lowers more", "Informs"].map((name) => aWarninglist({ name, entries: ["x"] }));
  const roleOf = compileRoles({ Lowers: { lower: 10 }, "Lowers *": { lower: 25 }, Informs: "inform" });
  const all = compileWarninglists(lists).match("text", "x");
  const verdict = verdictOf(all, roleOf);
  expect(verdict).toMatchObject({ block: true, lower: 35 });
  expect(verdict.hits.map(({ list, role, entry }) => [list.name, role, entry])).toEqual([
    ["Blocks", "block", "x"],
    ["Lowers", { lower: 10 }, "x"],
    ["Lowers more", { lower: 25 }, "x"],
    ["Informs", "inform", "x"],
  ]);
  expect(verdictOf(all.slice(1), roleOf).block).toBe(false);
  expect(verdictOf([], roleOf)).toEqual({ block: false, lower: 0, hits: [] });
});
