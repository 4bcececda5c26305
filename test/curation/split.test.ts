import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalize } from "../../src/curation/normalize.ts";
import { indicatorsOf, sightedValue } from "../../src/curation/split.ts";
import { hostileText } from "../support/hostile-text.ts";

/** The composite types `filename|<hash>` of MISP, with a value of each hash. */
const HASHES = {
  md5: "a1".repeat(16),
  sha1: "a1".repeat(20),
  sha224: "a1".repeat(28),
  sha256: "a1".repeat(32),
  sha384: "a1".repeat(48),
  sha512: "a1".repeat(64),
  "sha512/224": "a1".repeat(28),
  "sha512/256": "a1".repeat(32),
  "sha3-224": "a1".repeat(28),
  "sha3-256": "a1".repeat(32),
  "sha3-384": "a1".repeat(48),
  "sha3-512": "a1".repeat(64),
  authentihash: "a1".repeat(32),
  imphash: "a1".repeat(16),
  pehash: "a1".repeat(20),
  impfuzzy: "24:ASD:qwe",
  ssdeep: "3:Ab:Cd",
  tlsh: "T1ABCD",
  vhash: "0150766d",
};

const COMPOSITES = [
  ...["domain|ip", "ip-src|port", "ip-dst|port", "hostname|port", "regkey|value", "malware-sample"],
  ...Object.keys(HASHES).map((hash) => `filename|${hash}`),
];

describe("each composite type falls into the parts that can be looked for, and the pair", () => {
  test.for(Object.entries(HASHES))("filename|%s", ([hash, value]) => {
    expect(indicatorsOf(`filename|${hash}`, `Invoice.exe|${value}`)).toMatchObject([
      { type: "filename", value: "Invoice.exe" },
      { type: hash, value },
      { type: `filename|${hash}`, value: `Invoice.exe|${value}` },
    ]);
  });

  test.for([
    ["domain|ip", "Bad.Example|198.51.100.7", ["domain bad.example", "ip 198.51.100.7"]],
    ["ip-src|port", "198.51.100.7|443", ["ip-src 198.51.100.7"]],
    ["ip-dst|port", "2001:DB8::1|443", ["ip-dst 2001:db8::1"]],
    ["hostname|port", "WWW.bad.example|8080", ["hostname www.bad.example"]],
    ["regkey|value", "HKLM\\Software\\Run|x.exe", ["regkey HKLM\\Software\\Run"]],
    ["malware-sample", `x.exe|${"A1".repeat(16)}`, ["filename x.exe", `md5 ${"a1".repeat(16)}`]],
  ] as const)("%s", ([type, value, parts]) => {
    const simple = indicatorsOf(type, value).filter((indicator) => indicator.type !== type);
    expect(simple.map((indicator) => `${indicator.type} ${indicator.value}`)).toEqual(parts);
    expect(indicatorsOf(type, value).filter((indicator) => indicator.type === type)).toHaveLength(1);
  });
});

test("the pair stands in the normalised form of its halves", () => {
  expect(indicatorsOf("domain|ip", "Bad.Example. | 2001:DB8::1")).toContainEqual(
    expect.objectContaining({ type: "domain|ip", value: "bad.example|2001:db8::1" }),
  );
});

test("a simple type is one indicator, whatever stands in its value", () => {
  expect(indicatorsOf("url", "http://bad.example/a|b")).toMatchObject([
    { type: "url", value: "http://bad.example/a|b" },
  ]);
});

test("a value that cannot be one of its type is no indicator", () => {
  expect(indicatorsOf("ip-dst", "bad.example")).toEqual([]);
  expect(indicatorsOf("domain|ip", "bad.example")).toEqual([]);
  expect(indicatorsOf("malware-sample", "")).toEqual([]);
});

test("of a pair with a broken half the sound half counts, and the pair does not", () => {
  expect(indicatorsOf("domain|ip", "bad.example|nowhere")).toMatchObject([{ type: "domain", value: "bad.example" }]);
  expect(indicatorsOf("filename|md5", `|${"a1".repeat(16)}`)).toMatchObject([{ type: "md5", value: "a1".repeat(16) }]);
});

test("a value is parted at its first bar only", () => {
  expect(indicatorsOf("regkey|value", "HKLM\\Run|a|b")).toMatchObject([
    { type: "regkey", value: "HKLM\\Run" },
    { type: "regkey|value", value: "HKLM\\Run|a|b" },
  ]);
});

test("whatever the value, parts are simple and normalised, no indicator comes twice, and only the pair keeps its bar", () => {
  const value = fc.tuple(hostileText(), fc.constantFrom("|", "||", ""), hostileText()).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.constantFrom(...COMPOSITES), value, (type, text) => {
      const indicators = indicatorsOf(type, text);
      const pairs = indicators.filter((indicator) => indicator.type === type);
      expect(pairs.every((pair) => pair.value.includes("|"))).toBe(true);
      expect(new Set(indicators.map((indicator) => indicator.type)).size).toBe(indicators.length);
      for (const part of indicators.filter((indicator) => indicator.type !== type)) {
        expect(part.type).not.toContain("|");
        expect(normalize(part.type, part.value)).toBe(part.value);
      }
    }),
    { numRuns: 500 },
  );
});

test("a sighting counts for the value of a simple type, and for the attribute alone of a composite one", () => {
  expect(sightedValue("domain", "Bad.Example")).toBe("bad.example");
  expect(sightedValue("domain|ip", "bad.example|198.51.100.7")).toBeNull();
  expect(sightedValue("malware-sample", `x.exe|${"a1".repeat(16)}`)).toBeNull();
});
