import fc from "fast-check";
import { expect, test } from "vitest";
import { defang, refang, shortened } from "../../src/alerts/defang.ts";

test.each([
  ["https://evil.example/a.b", "hxxps://evil[.]example/a[.]b"],
  ["HTTP://evil.example", "hxxp://evil[.]example"],
  ["see tg://resolve?domain=someone", "see tg[:]//resolve?domain=someone"],
  ["198.51.100.7", "198[.]51[.]100[.]7"],
  ["2001:db8::1", "2001[:]db8[:]:1"],
  ["someone@evil.example", "someone[@]evil[.]example"],
  ["/held now", "\u2215held now"],
  ["a\u202eb\nc\u0000d", "a b c d"],
  ["cut off: \ud83d (500)", "cut off: \ufffd (500)"],
  ["It ended. Then more.", "It ended. Then more."],
])("%j is shown as %j", (text, shown) => {
  expect(defang(text)).toBe(shown);
});

test("nothing that is defanged has a name with a dot, a web address or a mention in it", () => {
  const pieces = fc.constantFrom(
    "http",
    "https",
    ":",
    "//",
    "a",
    "B",
    "7",
    "é",
    ".",
    "。",
    "@",
    "/",
    " ",
    "\n",
    "[.]",
    "\u202e",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const shown = defang(parts.join(""));
      expect(shown).not.toMatch(
        /\bhttps?:|(?<!\bhxxps?)(?<=\p{L}):\/\/|[\p{L}\d][.。][\p{L}\d]|@[\p{L}\d]|(^|\s)\/\p{L}|[\p{Cc}\p{Cf}]/iu,
      );
    }),
  );
});

test.each([
  "evil.example",
  "tg://resolve?domain=x",
  "https://evil.example/x",
  "https://good.example/?to=http://evil.example/x",
  "198.51.100.7",
  "someone@evil.example",
  "/admin/login.php",
])("%s comes back out of its defanged form", (value) => expect(refang(defang(value))).toBe(value));

test("what is shortened never ends within a character", () => {
  expect(shortened("abc", 3)).toBe("abc");
  expect(shortened("ab😀cd", 4)).toBe("ab…");
});
