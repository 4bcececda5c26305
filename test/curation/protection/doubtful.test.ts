import { expect, test } from "vitest";
import { doubtAbout } from "../../../src/curation/protection/doubtful.ts";

test.each([
  "10.0.0.0/33",
  "10.0.0.0/255.0.0.0",
  "10.0.0.0/",
  "192.0.2",
  "198.51.100.300",
  "192.0.2.1-192.0.2.9",
  "192.0.2.1:443",
  "2001:db8::/129",
  "2001:db8::1::2",
  "203.0.113.9,203.0.113.10",
  "203.0.113.9 corp.example",
  "1,corp.example",
  "exa mple.com",
  "corp.example|203.0.113.9",
  "corp..example",
  "..corp.example",
  "*corp.example",
  "corp.*",
  "mail.*.corp.example",
  "corp.example/",
  "corp.example:8443",
  "@corp.example",
  "c\uFFFDrp.example",
])("%j looks like a slip", (line) => {
  expect(doubtAbout(line)).toMatch(/^(is|has) /);
});

test.each([
  "10.0.0.0/8",
  "192.0.2.1",
  "2001:db8::/32",
  "::1",
  "::ffff:192.0.2.1",
  "corp.example",
  ".corp.example",
  "*.corp.example",
  "corp.example.",
  "bücher.example",
  "xn--bcher-kva.example",
  "intranet",
  "_dmarc.corp.example",
  "https://corp.example/a?b=c,d",
  "http://192.0.2.1:8080/",
  "soc@corp.example",
  "d41d8cd98f00b204e9800998ecf8427e",
  "00:11:22:aa:bb:cc",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
  "HKLM\\Software\\Corp\\Agent",
  "setup.exe",
  "AS64500",
  "64500",
])("%j does not", (line) => {
  expect(doubtAbout(line)).toBeUndefined();
});
