import { describe, expect, test } from "vitest";
import { compileFilter } from "../../src/curation/filter.ts";
import type { Support } from "../../src/curation/qualify.ts";
import { type Known, type QualifyingSupport, type TargetRules, wanted } from "../../src/curation/wanted.ts";
import { aSupport } from "../support/a-support.ts";
import { NOW } from "../support/an-attribute.ts";
import { DAY } from "../support/rule-settings.ts";

const RULES: TargetRules = {
  types: null,
  composites: false,
  filter: null,
  ttl: { default: 30 * DAY },
  minScore: 0,
  retired: false,
  protection: () => null,
};
const KNOWN: Known = { type: "domain", value: "bad.example", withheld: null, reference: NOW - DAY, score: 50 };
const RED = compileFilter([{ tags: ["tlp:red"] }]);

function wish(known: Partial<Known> = {}, rules: Partial<TargetRules> = {}, supports: QualifyingSupport[] = []) {
  return wanted({ ...KNOWN, ...known }, () => supports, { ...RULES, ...rules }, NOW * 1000);
}

function supported(reference: number, attribute: Partial<Support["attribute"]> = {}): QualifyingSupport {
  return { ...aSupport(attribute), reference };
}

test("a target wants what is active, until its TTL runs out", () => {
  expect(wish()).toEqual({ expires: NOW + 29 * DAY });
  expect(wish({}, { ttl: { default: null } })).toEqual({ expires: null });
});

test("a target wants nothing that is withheld for any reason but its age", () => {
  for (const withheld of ["false_positive", "to_ids", "deleted", "warninglist", "unpublished"] as const) {
    expect(wish({ withheld })).toEqual({ withheld });
  }
});

test("age is the target's own affair: it keeps for longer, or lets go sooner", () => {
  const old = { withheld: "expired", reference: NOW - 40 * DAY } as const;
  expect(wish(old)).toEqual({ withheld: "expired" });
  expect(wish(old, { ttl: { default: 60 * DAY } })).toEqual({ expires: NOW + 20 * DAY });
  expect(wish({}, { ttl: { default: DAY } })).toEqual({ withheld: "expired" });
  expect(wish({}, { ttl: { default: DAY + 1 } })).toEqual({ expires: NOW + 1 });
});

test("a target takes the types it names, and composite ones only when it can show them", () => {
  expect(wish({}, { types: new Set(["md5"]) })).toEqual({ withheld: "type" });
  expect(wish({}, { types: new Set(["domain"]) })).toHaveProperty("expires");
  expect(wish({ type: "domain|ip" })).toEqual({ withheld: "type" });
  expect(wish({ type: "malware-sample" })).toEqual({ withheld: "type" });
  expect(wish({ type: "domain|ip" }, { composites: true })).toHaveProperty("expires");
});

test("a target that is retired wants nothing, whatever there is", () => {
  expect(wish({}, { retired: true })).toEqual({ withheld: "retired" });
  expect(wish({ withheld: "false_positive" }, { retired: true })).toEqual({ withheld: "retired" });
});

test("a target takes what reaches its minimum score", () => {
  expect(wish({ score: 49 }, { minScore: 50 })).toEqual({ withheld: "score" });
  expect(wish({ score: 50 }, { minScore: 50 })).toHaveProperty("expires");
});

test("a target never takes what its guard protects, whatever is to be said for it", () => {
  const protection = ({ value }: { value: string }) =>
    value === "bad.example" ? ({ withheld: "protected", by: "our own" } as const) : null;
  expect(wish({}, { protection })).toEqual({ withheld: "protected" });
  expect(wish({ value: "other.example" }, { protection })).toHaveProperty("expires");
});

test("a target without a filter of its own never looks at the supports", () => {
  const unread = () => {
    throw new Error("looked at");
  };
  expect(wanted(KNOWN, unread, RULES, NOW * 1000)).toHaveProperty("expires");
});

describe("a target with a filter of its own", () => {
  test("wants what at least one support passes", () => {
    const green = supported(NOW - DAY, { tags: ["tlp:green"] });
    expect(wish({}, { filter: RED }, [green])).toEqual({ withheld: "filtered" });
    expect(wish({}, { filter: RED }, [green, supported(NOW - DAY, { tags: ["tlp:red"] })])).toHaveProperty("expires");
  });

  test("counts from the supports that pass, and from a thumbs-up, which counts for every support", () => {
    const supports = [supported(NOW - DAY), supported(NOW - 5 * DAY, { tags: ["tlp:red"] })];
    expect(wish({}, { filter: RED }, supports)).toEqual({ expires: NOW + 25 * DAY });
    const seen = supports.map((support) => ({ ...support, reference: NOW - 60 }));
    expect(wish({ reference: NOW - 60 }, { filter: RED }, seen)).toEqual({ expires: NOW - 60 + 30 * DAY });
  });

  test("does not keep it longer because a support claims a time that is still to come", () => {
    const ahead = [supported(NOW + 100 * DAY, { tags: ["tlp:red"] })];
    expect(wish({ reference: NOW }, { filter: RED }, ahead)).toEqual({ expires: NOW + 30 * DAY });
  });
});
