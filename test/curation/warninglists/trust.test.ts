import { describe, expect, test } from "vitest";
import { compileTrust } from "../../../src/curation/warninglists/trust.ts";
import { aWarninglist } from "./a-warninglist.ts";

const circl = "55f6ea5e-2c60-40e5-964f-47a8950d210f";
const other = "5d6d3b30-9db0-44b9-8869-7f56a5e38e14";
const high = { list: "high", score: 100, tag: "high", publish: true };
const medium = { list: "medium", score: 50, tag: "medium", publish: false };

describe("the trust in an organisation", () => {
  const lists = [
    aWarninglist({ name: "Medium", entries: [`org_uuid:${circl}`, `ORG_UUID:${other.toUpperCase()}#comment`] }),
    aWarninglist({
      name: "high",
      entries: ["", "# org_uuid:comment", `  org_uuid:${circl} # CIRCL`, "org_uuid:", circl],
    }),
  ];
  const { trustOf, missing } = compileTrust(lists, [medium, high, { ...high, list: "absent" }], "org_uuid:");

  test("is the level with the highest score, and all levels that name it", () => {
    expect(trustOf(circl)).toEqual({ level: high, matches: [medium, high] });
  });

  test("is found whatever the capitals, and with a comment after the UUID", () => {
    expect(trustOf(other)).toEqual({ level: medium, matches: [medium] });
    expect(trustOf(circl.toUpperCase())?.level).toBe(high);
  });

  test("is none for an organisation on no list, and for no organisation", () => {
    expect(trustOf("00000000-0000-4000-8000-000000000000")).toBeNull();
    expect(trustOf("")).toBeNull();
    expect(trustOf("comment")).toBeNull();
  });

  test("tells of lists that do not exist", () => {
    expect(missing).toEqual(["absent"]);
  });

  test("needs the prefix before the UUID", () => {
    const bare = [aWarninglist({ name: "high", entries: [circl] })];
    expect(compileTrust(bare, [high], "org_uuid:").trustOf(circl)).toBeNull();
    expect(compileTrust(bare, [high], "").trustOf(circl)?.level).toBe(high);
  });

  test("of equal scores is the level that is configured first", () => {
    const equal = { ...medium, score: 100 };
    expect(compileTrust(lists, [equal, high], "org_uuid:").trustOf(circl)?.level).toBe(equal);
  });

  test("comes from all lists of one name", () => {
    const twice = [circl, other].map((uuid) => aWarninglist({ name: "high", entries: [`org_uuid:${uuid}`] }));
    const { trustOf: trusted } = compileTrust(twice, [high], "org_uuid:");
    expect([trusted(circl)?.level, trusted(other)?.level]).toEqual([high, high]);
  });
});
