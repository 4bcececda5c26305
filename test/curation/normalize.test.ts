import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalize } from "../../src/curation/normalize.ts";
import { hostileText } from "../support/hostile-text.ts";

const TYPES = [
  "ip-src",
  "ip-dst",
  "domain",
  "hostname",
  "md5",
  "sha256",
  "email-src",
  "url",
  "mac-address",
  "x509-fingerprint-md5",
  "filename",
];

/** Values near enough to addresses, networks, names and hashes to get past the first check. */
const almostValid = fc.oneof(
  hostileText(),
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 140 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.string({ unit: fc.constantFrom(".", " ", "a", "B", "\t", "É"), maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), minLength: 31, maxLength: 65 }),
);

test("normalising what is normalised changes nothing", () => {
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), almostValid, (type, value) => {
      const once = normalize(type, value);
      if (once !== null) expect(normalize(type, once)).toBe(once);
    }),
    { numRuns: 500 },
  );
});

test("a normalised value is never empty and has no white space around it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), almostValid, (type, value) => {
      const once = normalize(type, value);
      expect(once === null || (once !== "" && once.trim() === once)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe("one form for each value", () => {
  test.for([
    ["domain", "Bad.Example.", "bad.example"],
    ["hostname", " WWW.bad.example ", "www.bad.example"],
    ["domain", ". .bad.example", "bad.example"],
    ["ip-dst", "198.51.100.7", "198.51.100.7"],
    ["ip-dst", "198.51.100.7/32", "198.51.100.7"],
    ["ip-src", "198.51.100.0/24", "198.51.100.0/24"],
    ["ip-dst", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["ip-dst", "2001:db8::1/128", "2001:db8::1"],
    ["ip-dst", "2001:DB8::/32", "2001:db8::/32"],
    ["md5", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"],
    ["sha256", "E3".repeat(32), "e3".repeat(32)],
    ["email-src", "Phisher@Bad.Example", "phisher@bad.example"],
    ["mac-address", "AA:BB:CC:00:11:22", "aa:bb:cc:00:11:22"],
    ["url", " http://Bad.Example/Path ", "http://Bad.Example/Path"],
    ["filename", "Invoice.EXE", "Invoice.EXE"],
    ["ssdeep", "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"],
    ["ip-dst", "::ffff:192.0.2.1", "::ffff:c000:201"],
    ["ip-dst", "::192.0.2.1", "::c000:201"],
    ["mac-address", "AA-BB-CC-00-11-22", "aa:bb:cc:00:11:22"],
    ["mac-eui-64", "aabb.ccff.fe00.1122", "aa:bb:cc:ff:fe:00:11:22"],
    ["mac-address", "AA:BB", "aa:bb"],
    ["x509-fingerprint-sha1", Array(20).fill("E3").join(":"), "e3".repeat(20)],
    ["a-type-of-tomorrow", "As It Is", "As It Is"],
    ["constructor", "As It Is", "As It Is"],
  ])("%s %j becomes %j", ([type, value, normalized]) => {
    expect(normalize(type ?? "", value ?? "")).toBe(normalized);
  });
});

describe("a value that cannot be one of its type is none", () => {
  test.for([
    ["domain", "   "],
    ["domain", "..."],
    ["ip-dst", "bad.example"],
    ["ip-dst", "198.51.100.256"],
    ["ip-dst", "010.1.1.1"],
    ["ip-dst", "198.51.100.7/33"],
    ["ip-dst", "198.51.100.7/"],
    ["ip-dst", "198.51.100.7/24/24"],
    ["ip-dst", "198.51.100.7/abc"],
    ["ip-dst", "fe80::1%eth0"],
    ["ip-dst", "2001:db8::/129"],
    ["ip-dst", "3325256704"],
    ["md5", "d41d8cd98f00b204e9800998ecf8427"],
    ["md5", "zz1d8cd98f00b204e9800998ecf8427e"],
    ["sha256", "e3".repeat(20)],
    ["url", ""],
  ])("%s %j", ([type, value]) => {
    expect(normalize(type ?? "", value ?? "")).toBeNull();
  });
});

test("a hostile run of dots costs no more than its length", () => {
  const value = `a${".".repeat(1_000_000)}a`;
  expect(normalize("domain", value)).toBe(value);
});
