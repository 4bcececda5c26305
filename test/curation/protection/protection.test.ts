import { describe, expect, test } from "vitest";
import { compileProtection, type ProtectionSettings } from "../../../src/curation/protection/protection.ts";
import type { Warninglist } from "../../../src/curation/warninglists/warninglist.ts";

const NOTHING: ProtectionSettings = { minPrefix: { v4: 16, v6: 32 }, files: [], lists: [] };

function protecting(...values: string[]) {
  return compileProtection({ ...NOTHING, files: [{ name: "own.txt", values }] });
}

function listing(type: Warninglist["type"], ...entries: string[]) {
  const list = {
    name: "Top sites",
    type,
    version: 1,
    category: "known",
    matchingAttributes: ["ALL"],
    entries,
  } as const;
  return compileProtection({ ...NOTHING, lists: [list] });
}

describe("whatever the configuration says, a guard keeps", () => {
  const guard = compileProtection({ ...NOTHING, minPrefix: { v4: 0, v6: 0 } });

  test.each([
    ["10.1.2.3", "private networks"],
    ["172.31.255.255", "private networks"],
    ["192.168.7.0/24", "private networks"],
    ["fd12:3456::1", "private networks"],
    ["127.0.0.1", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["169.254.169.254", "link-local addresses"],
    ["fe80::1", "link-local addresses"],
    ["224.0.0.251", "multicast addresses"],
    ["ff02::1", "multicast addresses"],
    ["0.0.0.0", "unspecified addresses"],
    ["::", "unspecified addresses"],
    ["255.255.255.255", "multicast addresses"],
    // What covers them.
    ["0.0.0.0/0", "unspecified addresses"],
    ["::/0", "unspecified addresses"],
    ["8.0.0.0/6", "private networks"],
  ])("%s", (value) => {
    for (const type of ["ip", "ip-src", "ip-dst"]) expect(guard({ type, value })?.withheld).toBe("protected");
  });

  test.each([
    "9.255.255.255",
    "11.0.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "198.51.100.0/24",
    "2001:db8::1",
    "1.0.0.0/8",
  ])("nothing that only comes near: %s", (value) => expect(guard({ type: "ip-dst", value })).toBeNull());

  test("pairs of which one half is such an address, and addresses of the web that lead there", () => {
    expect(guard({ type: "domain|ip", value: "evil.example|10.1.2.3" })?.by).toBe("private networks");
    expect(guard({ type: "ip-dst|port", value: "192.168.0.1|443" })?.withheld).toBe("protected");
    expect(guard({ type: "url", value: "http://127.0.0.1:8080/x" })?.by).toBe("loopback");
    expect(guard({ type: "url", value: "http://[::1]/x" })?.by).toBe("loopback");
    expect(guard({ type: "domain", value: "localhost" })?.by).toMatch("loopback");
  });

  test.each([
    "10.0.0.5/x",
    "10.0.0.5:8080",
    "//10.0.0.5/x",
    "hxxp://10.0.0.5/x",
    "HTTP:\\\\10.0.0.5\\x",
    "http://0x0a000005/",
    "hxxp://0x0a000005/",
    "localhost:8080/x",
    "http://localhost/x",
    "[::1]/x",
  ])("an address of the web that leads there, however it is written: %s", (value) => {
    expect(guard({ type: "url", value })?.withheld).toBe("protected");
  });

  test("such an address that is called a name", () => {
    expect(guard({ type: "hostname", value: "10.0.0.10" })?.by).toBe("private networks");
    expect(guard({ type: "hostname|port", value: "192.168.0.10|443" })?.by).toBe("private networks");
    expect(guard({ type: "hostname", value: "198.51.100.10" })).toBeNull();
  });

  test.each(["/10.0.0.5/x", "10", "127/index.php"])("but no path that looks like one: %s", (value) => {
    expect(guard({ type: "uri", value })).toBeNull();
  });
});

test("a network wider than the guard lets out stays, one as wide goes", () => {
  const guard = compileProtection({ ...NOTHING, minPrefix: { v4: 24, v6: 48 } });
  const of = (value: string) => guard({ type: "ip-src", value });
  expect(of("198.51.0.0/23")).toEqual({ withheld: "too_wide", by: "networks of less than /24" });
  expect(of("198.51.0.0/24")).toBeNull();
  expect(of("2001:db8::/47")?.withheld).toBe("too_wide");
  expect(of("2001:db8::/48")).toBeNull();
});

test("a network of IPv4 that is written within IPv6 is as wide as it is in IPv4", () => {
  const guard = compileProtection(NOTHING);
  expect(guard({ type: "ip-dst", value: "::ffff:100:0/104" })?.withheld).toBe("too_wide");
  expect(guard({ type: "ip-dst", value: "::ffff:c633:6400/120" })).toBeNull();
});

describe("a file of own values keeps", () => {
  const guard = protecting(
    "203.0.113.0/24",
    "corp.example",
    ".intra.example",
    "Setup.exe",
    "D41D8CD98F00B204E9800998ECF8427E",
    "http://shop.example/a",
  );

  test("what equals them, lies in their networks, or covers them", () => {
    const kept = [
      ["ip-dst", "203.0.113.9"],
      ["ip-dst", "203.0.112.0/20"],
      ["domain", "corp.example"],
      ["domain", "example"],
      ["hostname", "intra.example"],
      ["hostname", "a.b.intra.example"],
      ["url", "https://corp.example/"],
      ["url", "https://login.intra.example/phish"],
      ["url", "http://shop.example/a"],
      ["filename", "Setup.exe"],
      ["md5", "d41d8cd98f00b204e9800998ecf8427e"],
    ] as const;
    expect(kept.filter(([type, value]) => guard({ type, value })?.withheld !== "protected")).toEqual([]);
  });

  test("and nothing else", () => {
    const out = [
      ["ip-dst", "203.0.114.1"],
      ["domain", "evil.corp.example"],
      ["domain", "notcorp.example"],
      ["domain", "xintra.example"],
      ["url", "https://corp.example/phish"],
      ["filename", "setup.exe.bat"],
    ] as const;
    expect(out.filter(([type, value]) => guard({ type, value }) !== null)).toEqual([]);
  });

  test("names, however they are written there and in MISP", () => {
    const names = protecting(
      ".Intra.Example.",
      "M\u00FCnchen.Example",
      "*.\u043F\u0440\u0438\u043C\u0435\u0440.example",
    );
    const kept = [
      ["hostname", "a.intra.example"],
      ["domain", "xn--mnchen-3ya.example"],
      ["domain", "m\u00FCnchen.example"],
      ["url", "https://m\u00FCnchen.example/"],
      ["hostname", "www.xn--e1afmkfd.example"],
      ["url", "www.intra.example/login"],
      ["url", "hxxps://WWW.Intra.example/login"],
    ] as const;
    expect(kept.filter(([type, value]) => names({ type, value })?.withheld !== "protected")).toEqual([]);
  });

  test("hardware addresses and fingerprints, whatever stands between their digits", () => {
    const written = protecting("AA-BB-CC-00-11-22", Array(20).fill("E3").join(":"), "E3".repeat(64));
    const kept = [
      ["mac-address", "aa:bb:cc:00:11:22"],
      ["x509-fingerprint-sha1", "e3".repeat(20)],
      ["sha512", "e3".repeat(64)],
    ] as const;
    expect(kept.filter(([type, value]) => written({ type, value })?.withheld !== "protected")).toEqual([]);
  });

  test("and says which", () => {
    expect(guard({ type: "domain", value: "corp.example" })?.by).toBe("corp.example in own.txt");
  });
});

describe("a warninglist that is named keeps", () => {
  test("what it matches as MISP matches it, whatever its category, and what covers its entries", () => {
    const names = listing("hostname", "top.example");
    expect(names({ type: "domain", value: "www.top.example" })?.by).toBe("Top sites");
    expect(names({ type: "domain", value: "example" })?.by).toBe("Top sites");
    expect(names({ type: "domain", value: "other.test" })).toBeNull();
    const networks = listing("cidr", "198.51.100.0/24");
    expect(networks({ type: "ip-dst", value: "198.51.100.9" })?.by).toBe("Top sites");
    expect(networks({ type: "ip-dst", value: "198.51.0.0/16" })?.by).toBe("Top sites");
    expect(listing("regex", "/^evil/")({ type: "domain", value: "evil.test" })?.by).toBe("Top sites");
  });
});

test("hostile values cost no more than others", () => {
  const guard = protecting("corp.example");
  for (const value of [
    "a.".repeat(50_000),
    "1".repeat(100_000),
    `http://${"[".repeat(50_000)}`,
    "::".repeat(50_000),
    "/".repeat(9_999),
  ]) {
    for (const type of ["domain", "ip-dst", "url", "domain|ip"]) expect(() => guard({ type, value })).not.toThrow();
  }
});
