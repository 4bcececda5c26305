/** A regular expression as PHP is given it, taken apart. */
export interface Pcre {
  body: string;
  /** Only letters that PHP knows. */
  flags: ReadonlySet<string>;
}

const MODIFIERS = "imsxADSUXuJn";
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };

/**
 * Takes `/body/flags` apart, whatever the delimiters.
 * @throws Error with the reason for which PHP refuses it, so that in MISP it never matches
 */
export function parsePcre(text: string): Pcre {
  const given = text.replace(/^[ \t\n\r\v\f]+/, "");
  const opening = given.charAt(0);
  if (/^[a-z\d\\\0]?$/i.test(opening)) throw new Error("MISP never matches it: it does not begin with a delimiter");
  const end = endOfBody(given, opening, CLOSING[opening] ?? opening);
  if (end < 0) throw new Error("MISP never matches it: it has no closing delimiter");
  const flags = new Set(given.slice(end + 1).replace(/[ \n\r]/g, ""));
  for (const flag of flags) {
    if (!MODIFIERS.includes(flag)) throw new Error(`MISP never matches it: its flag ${flag} is unknown there`);
  }
  return { body: given.slice(1, end), flags };
}

/** Where the closing delimiter is: the first that no backslash precedes; brackets may be nested. */
function endOfBody(text: string, opening: string, closing: string): number {
  let depth = 1;
  for (let index = 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === "\\") index += 1;
    else if (character === closing) depth -= 1;
    else if (character === opening) depth += 1;
    if (depth === 0) return index;
  }
  return -1;
}
