import fc from "fast-check";

/** Texts as an attacker would write them, and any others. */
export function hostileText(): fc.Arbitrary<string> {
  const pieces = [
    "\n",
    "\r",
    "\0",
    '"',
    "'",
    ",",
    "=",
    "|",
    "\\",
    "..",
    "/",
    "\u2028",
    "\u0085",
    "\ud800",
    "é",
    "😀",
    "a",
  ];
  return fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join("")),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 10 }).map((units) => String.fromCharCode(...units)),
  );
}
