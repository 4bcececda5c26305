import { describe, expect, test } from "vitest";
import { readRecord, recordKey, recordOf } from "../../src/kafka/record.ts";
import { keyOf } from "../../src/model/indicator.ts";
import { anEntry, anOrigin } from "../support/entries.ts";

const ORIGIN = "misp.example";
const KEY = recordKey({ type: "domain", value: "bad.example" }, ORIGIN);

describe("a record of the topic", () => {
  test("has the indicator's key and the origin as its key", () => {
    expect(KEY).toBe(`${keyOf({ type: "domain", value: "bad.example" })}@misp.example`);
  });

  test("is read as it was written", () => {
    const origins = [anOrigin({ tags: ["tlp:green"], lastSeen: 1_700_000_500, comment: "seen" })];
    const entry = anEntry({ score: 62.5, expires: 1_800_000_000, origins });
    expect(readRecord(KEY, recordOf(entry, ORIGIN))).toEqual({
      name: KEY,
      origin: ORIGIN,
      type: "domain",
      value: "bad.example",
      score: 62.5,
      reference: 1_700_000_000,
      attributes: [
        {
          uuid: origins[0]?.attributeUuid,
          category: "Network activity",
          comment: "seen",
          timestamp: 1_700_000_000,
          firstSeen: null,
          lastSeen: 1_700_000_500,
          distribution: 3,
          tags: ["tlp:green"],
          event: { uuid: origins[0]?.eventUuid, info: "A campaign", date: "2023-11-14" },
          organisation: { uuid: origins[0]?.organisationUuid, name: "CIRCL" },
        },
      ],
    });
  });

  test("is the same text whatever the order of origins", () => {
    const origins = [1, 2, 3].map((n) => anOrigin({ attributeUuid: `5f0b7d3e-0000-4000-8000-00000000000${n}` }));
    const entry = anEntry({ origins });
    expect(recordOf({ ...entry, origins: origins.toReversed() }, ORIGIN)).toBe(recordOf(entry, ORIGIN));
  });

  test("fits into a message however much there is to say, and still counts all that hold it up", () => {
    const comment = "\u20ac".repeat(60_000);
    const tags = Array.from({ length: 300 }, (_, n) => `tag-${n}-${"x".repeat(240)}`);
    const origins = Array.from({ length: 400 }, (_, n) => {
      return anOrigin({ attributeUuid: `5f0b7d3e-0000-4000-8000-${String(n).padStart(12, "0")}`, comment, tags });
    });
    const text = recordOf(anEntry({ origins }), ORIGIN);
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(JSON.parse(text)).toMatchObject({ attribute_count: 400 });
    expect(typeof readRecord(KEY, text)).toBe("object");
  });

  test("fits into a message in every script", () => {
    const comment = "\u6f22".repeat(1_000);
    const tags = Array.from({ length: 25 }, (_, n) => `tag-${n}-${"\u6f22".repeat(240)}`);
    const origins = Array.from({ length: 50 }, (_, n) => {
      return anOrigin({ attributeUuid: `5f0b7d3e-0000-4000-8000-${String(n).padStart(12, "0")}`, comment, tags });
    });
    expect(Buffer.byteLength(recordOf(anEntry({ origins }), ORIGIN))).toBeLessThan(1_000_000);
  });

  test("of an indicator of which nothing more is known is read, too", () => {
    const read = readRecord(KEY, recordOf(anEntry({ origins: [] }), ORIGIN));
    expect(read).toMatchObject({ attributes: [{ uuid: "", organisation: { name: "" } }] });
  });

  test.each([
    ["no JSON", KEY, "{"],
    ["another version", KEY, recordOf(anEntry(), ORIGIN).replace('"schema":1', '"schema":2')],
    ["another value than its key says", KEY, recordOf(anEntry({ value: "other.example" }), ORIGIN)],
    ["another origin than its key says", KEY, recordOf(anEntry(), "misp.other")],
    ["a key that is none", "bad.example", recordOf(anEntry(), ORIGIN)],
    ["a score beyond a hundred", KEY, recordOf(anEntry({ score: 101 }), ORIGIN)],
    ["a STIX indicator", KEY, '{"type":"indicator","spec_version":"2.1"}'],
    ["something else altogether", KEY, "null"],
  ])("is refused with its reason: %s", (_, key, text) => {
    expect(readRecord(key, text)).toEqual(expect.stringMatching(/^\w/));
  });

  test("that is no JSON object is said to be none", () => {
    expect(readRecord(KEY, "{")).toBe("it is no JSON object");
    expect(readRecord(KEY, "[]")).toBe("it is no JSON object");
    expect(readRecord(KEY, '{"schema": 2}')).toMatch(/^schema: /);
  });
});
