import { describe, expect, test } from "vitest";
import { entryThatWarns } from "./a-warninglist.ts";

describe("a list of strings warns", () => {
  test.each([
    ["of an entry", ["evil.com"], "evil.com", true],
    ["not of other capitals", ["AAA"], "aaa", false],
    ["not of a name under an entry that begins with a dot", [".google.ad"], "www.google.ad", false],
    ["not of an entry with something around it", ["evil.com"], "evil.com ", false],
    ["of letters of any alphabet", ["bücher.example"], "bücher.example", true],
    ["of any text, a function's name, too", ["constructor"], "constructor", true],
    ["not of what only objects have", [], "__proto__", false],
  ])("%s", (_, entries, value, hit) => {
    expect(entryThatWarns("string", entries, value)).toBe(hit ? value : null);
  });
});

describe("a list of host names warns", () => {
  test.each([
    ["of an entry", ["evil.com"], "evil.com", "evil.com"],
    ["of a name under an entry", ["evil.com"], "a.b.evil.com", "evil.com"],
    ["by the shortest of its entries", ["b.evil.com", "evil.com"], "a.b.evil.com", "evil.com"],
    ["not of a name that only ends with the same letters", ["evil.com"], "notevil.com", null],
    ["not of the name above an entry", ["www.evil.com"], "evil.com", null],
    ["whatever the capitals and dots around its entry", ["..Evil.COM."], "www.evil.com", "evil.com"],
    ["not of capitals in the value", ["evil.com"], "WWW.EVIL.COM", null],
    ["of a name with capitals further left only", ["evil.com"], "WWW.evil.com", "evil.com"],
    ["of a value that ends with dots", ["evil.com"], "evil.com..", "evil.com"],
    ["of a value that begins with a dot", ["evil.com"], ".evil.com", "evil.com"],
    ["of the host of an URL", ["evil.com"], "http://www.evil.com/a", "evil.com"],
    ["of the host before a path", ["evil.com"], "evil.com/a/b", "evil.com"],
    ["not of a host with a port", ["evil.com"], "http://evil.com:8080/", null],
    ["of a name under an entry behind a user name", ["evil.com"], "http://u@www.evil.com/", "evil.com"],
    ["not of a user name and the entry itself", ["evil.com"], "http://u@evil.com/", null],
    ["not of a host with a query", ["evil.com"], "http://evil.com?x", null],
    [
      "of what stands after two slashes anywhere, as the host",
      ["example.com"],
      "evil.com//a.example.com/b",
      "example.com",
    ],
    ["not of the real host of such a value", ["evil.com"], "evil.com//a.example.com/b", null],
    ["not of a host behind more slashes", ["evil.com"], "a/b//evil.com", null],
    ["of letters beyond ASCII as they are", ["BÜCHER.example"], "www.bÜcher.example", "bÜcher.example"],
    ["not of the small form of letters beyond ASCII", ["BÜCHER.example"], "bücher.example", null],
    ["of an empty label before an entry that has one", ["a..com"], "x.a..com", "a..com"],
    ["by a label 0 at the end", ["0"], "10.1.0", "0"],
    ["of what is left of a label 0 at the end", ["1"], "1.0.0", "1"],
    ["not of a number with a label 0 at its end", ["1.0.0"], "1.0.0", null],
    ["of a label 0 in the middle", ["0.com"], "1.0.com", "0.com"],
    ["of an empty host, by an entry of nothing but a dot", ["."], "/index.html", ""],
  ])("%s", (_, entries, value, entry) => {
    expect(entryThatWarns("hostname", entries, value)).toBe(entry);
  });
});

describe("a list of networks warns", () => {
  test.each([
    ["of an address inside", ["10.0.0.0/8"], "10.1.1.1", "10.0.0.0/8"],
    ["not of an address outside", ["10.0.0.0/8"], "11.0.0.0", null],
    ["of an entry without a mask", ["10.1.1.1"], "10.1.1.1", "10.1.1.1/32"],
    ["by the widest network", ["10.1.0.0/16", "10.0.0.0/8"], "10.1.1.1", "10.0.0.0/8"],
    ["of every address, by the widest of all", ["0.0.0.0/0"], "203.0.113.9", "0.0.0.0/0"],
    ["never by a network with bits set beyond its mask", ["192.168.2.3/24"], "192.168.2.3", null],
    ["never by a mask that is too long", ["10.0.0.0/33"], "10.0.0.0", null],
    ["never by a mask with a leading zero", ["10.0.0.0/08"], "10.0.0.0", null],
    ["never by what is no network", ["10.0.0", "evil", "/8", "10.0.0.0/"], "10.0.0.0", null],
    ["not of a network wider than its own", ["10.0.0.0/8"], "10.0.0.0/7", null],
    ["of the same network", ["10.0.0.0/8"], "10.0.0.0/8", "10.0.0.0/8"],
    ["of a network inside", ["10.0.0.0/8"], "10.0.0.0/9", "10.0.0.0/8"],
    ["of a mask that is no number", ["10.0.0.0/8"], "10.1.1.1/abc", "10.0.0.0/8"],
    ["not of a mask that is a smaller text", ["10.0.0.0/8"], "10.1.1.1/!", null],
    ["not of a mask with too many dots, which is a smaller text", ["10.0.0.0/8"], "10.1.1.1/15..", null],
    ["of a mask that is empty", ["10.0.0.0/8"], "10.1.1.1/", "10.0.0.0/8"],
    ["of a mask 0, which PHP takes for none", ["10.0.0.0/8"], "10.1.1.1/0", "10.0.0.0/8"],
    ["of a mask before a second slash", ["10.0.0.0/8"], "10.1.1.1/9/1", "10.0.0.0/8"],
    ["of a mask that is a number in other words", ["10.0.0.0/8"], "10.1.1.1/1e1", "10.0.0.0/8"],
    ["not of leading zeros", ["10.0.0.0/8"], "010.1.1.1", null],
    ["not of white space", ["10.0.0.0/8"], " 10.1.1.1", null],
    ["not of text", ["10.0.0.0/8"], "evil.com", null],
    ["not of an address with a port", ["10.0.0.0/8"], "10.1.1.1:80", null],
    ["of an IPv6 address however it is written", ["2001:db8::/32"], "2001:0DB8:0:0::1", "2001:db8::/32"],
    ["by an IPv6 network with bits set beyond its mask", ["2001:db8::5/32"], "2001:db8:1::1", "2001:db8::5/32"],
    [
      "by the first of two that are the same network",
      ["2001:db8::5/32", "2001:db8::/32"],
      "2001:db8::1",
      "2001:db8::5/32",
    ],
    ["by the mask that its list names last", ["2001:db8::/48", "2001:db8::/32"], "2001:db8::1", "2001:db8::/32"],
    [
      "by the mask that its list names last, a long one",
      ["2001:db8::/32", "2001:db8::/48"],
      "2001:db8::1",
      "2001:db8::/48",
    ],
    ["not of a network wider than that", ["2001:db8::/32", "2001:db8::/48"], "2001:db8::/40", null],
    ["of an IPv6 entry without a mask", ["2001:DB8::1"], "2001:db8::1", "2001:db8::1/128"],
    ["of every IPv6 address, by the widest of all", ["::/0"], "2001:db8::1", "::/0"],
    ["of an IPv4 address in an IPv6 one", ["::ffff:0:0/96"], "::ffff:10.1.1.1", "::ffff:0.0.0.0/96"],
    ["not of the same IPv4 address by itself", ["::ffff:0:0/96"], "10.1.1.1", null],
    ["not of an address with a zone", ["fe80::/10"], "fe80::1%eth0", null],
    ["not of two shortenings", ["::/0"], "1::2::3", null],
    ["not of a shortening of nothing", ["::/0"], "1::2:3:4:5:6:7:8", null],
  ])("%s", (_, entries, value, entry) => {
    expect(entryThatWarns("cidr", entries, value)).toBe(entry);
  });
});

describe("a list of substrings warns", () => {
  test.each([
    ["of an entry anywhere", ["vil.co"], "http://evil.com/", true],
    ["not of other capitals", ["EVIL"], "evil", false],
    ["not of a part of an entry", ["evil.com"], "evil.co", false],
    ["of an entry that begins within another", ["aab", "ab"], "xab", true],
    ["of an entry inside another that does not match", ["abcd", "bc"], "abce", true],
    ["of letters of any alphabet", ["ü"], "bücher", true],
  ])("%s", (_, entries, value, hit) => {
    expect(entryThatWarns("substring", entries, value) !== null).toBe(hit);
  });
});

describe("of a composite value", () => {
  test("each half is compared, whatever the kind of the list", () => {
    expect(entryThatWarns("cidr", ["10.0.0.0/8"], "evil.com|10.1.1.1", "domain|ip")).toBe("10.0.0.0/8");
    expect(entryThatWarns("hostname", ["evil.com"], "www.evil.com|10.1.1.1", "domain|ip")).toBe("evil.com");
    expect(entryThatWarns("string", ["md5"], "a.exe|md5", "malware-sample")).toBe("md5");
  });

  test("the first half on the list counts", () => {
    expect(entryThatWarns("string", ["b", "a"], "a|b", "domain|ip")).toBe("a");
  });

  test("only the first bar divides", () => {
    expect(entryThatWarns("string", ["b|c"], "a|b|c", "regkey|value")).toBe("b|c");
    expect(entryThatWarns("string", ["c"], "a|b|c", "regkey|value")).toBeNull();
  });

  test("a bar in a simple type divides nothing", () => {
    expect(entryThatWarns("string", ["a"], "a|b", "text")).toBeNull();
  });
});
