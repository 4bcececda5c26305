/** Text of strangers as a terminal may show it: control characters, which could rewrite the screen, become visible. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The same of several lines, which stay as many. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
