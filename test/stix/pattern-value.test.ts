import fc from "fast-check";
import { expect, test } from "vitest";
import { patternOf } from "../../src/stix/pattern.ts";
import { valueIn } from "../../src/stix/pattern-value.ts";
import { runs } from "../model/runs.ts";

const TYPES = ["domain", "url", "md5", "sha256", "user-agent", "email-dst", "x509-fingerprint-sha1", "ip-dst"];

test("whatever the value, it is found in the pattern that was made of it", () => {
  const value = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("\\", "'", "a", "[", "]", " ") }));
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), value, (type, text) => {
      expect(valueIn(patternOf({ type, value: text }) ?? "")).toBe(text);
    }),
    runs(500),
  );
});

test.for([
  ["spaces around it", "[ domain-name:value  =  'bad.example' ]", "bad.example"],
  ["a network", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "198.51.100.0/24"],
])("%s: the value is found", ([, pattern, value]) => expect(valueIn(pattern ?? "")).toBe(value));

test.for([
  ["two comparisons", "[domain-name:value = 'a' OR domain-name:value = 'b']"],
  ["two observations", "[domain-name:value = 'a'] AND [url:value = 'b']"],
  ["a number", "[autonomous-system:number = 64496]"],
  ["something else than equality", "[domain-name:value MATCHES '.*']"],
  ["a text that never ends", "[domain-name:value = 'a]"],
  ["a rule of another kind", "alert tcp any any"],
  ["a very long path", `[a:${"x.".repeat(30_000)}`],
  ["a very long text", `[a:b = '${"\\\\".repeat(30_000)}`],
])("%s: there is no one value", ([, pattern]) => expect(valueIn(pattern ?? "")).toBeUndefined());
