/** One comparison with a text, such as `[file:hashes.'SHA-256' = '…']`. */
const ONE_COMPARISON = /^\s*\[\s*[\w-]+:(?:[\w.*[\]-]|'[^'\\]*')+\s*(?:=|ISSUBSET)\s*'((?:[^'\\]|\\.)*)'\s*\]\s*$/su;

/** The value that a STIX pattern asks for, whoever wrote it; `undefined` where it is more than one comparison with a text. */
export function valueIn(pattern: string): string | undefined {
  return ONE_COMPARISON.exec(pattern)?.[1]?.replaceAll(/\\(.)/gsu, "$1");
}
