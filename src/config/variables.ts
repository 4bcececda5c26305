/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

// Braces end a plain scalar inside `{…}`, so references wear noncharacters instead while YAML is read. Each stands for
// exactly one character: lines and columns stay true.
const OPEN = "\uFDD0";
const CLOSE = "\uFDD1";
const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const WRITTEN = new RegExp(`\\$\\{(${NAME}(?::-[^{}\\n]*)?)\\}`, "g");
const MASKED = new RegExp(`(\\$?)\\$${OPEN}(${NAME})(?::-([^${CLOSE}]*))?${CLOSE}`, "g");
// A mask without its other half is a default that YAML cut, at a ` #` or a comma.
const MALFORMED = new RegExp(`(?<!\\$)\\$\\{|[${OPEN}${CLOSE}]`);

/** Makes `${NAME}` and `${NAME:-default}` safe to stand in any YAML scalar, without moving a character. */
export function maskReferences(source: string): string {
  return source.replace(WRITTEN, (_, inside: string) => `$${OPEN}${inside}${CLOSE}`);
}

/** Undoes `maskReferences`, for text that is not filled in. */
export function unmaskReferences(text: string): string {
  return text.replaceAll(OPEN, "{").replaceAll(CLOSE, "}");
}

/**
 * Fills the references of one scalar from the environment, once: what a variable holds is never looked at again.
 * A default also stands in for an empty variable; `$${NAME}` is the text `${NAME}`. A line break at the end is no part of what a
 * variable holds: many a secret was a file before, and no far side would know one that ends so.
 */
export function fillReferences(text: string, environment: Environment, report: (message: string) => void): string {
  if (MALFORMED.test(text.replace(MASKED, ""))) {
    report(`has a \${ that is no reference; write \${NAME}, \${NAME:-default}, or $\${ for the characters`);
  }
  const literal = text.replaceAll("$${", "${");
  return literal.replace(MASKED, (_, escaping: string, name: string, fallback: string | undefined) => {
    if (escaping !== "") return `\${${name}${fallback === undefined ? "" : `:-${fallback}`}}`;
    const value = Object.hasOwn(environment, name) ? environment[name]?.replace(/\r?\n$/, "") : undefined;
    if (fallback !== undefined) return value || fallback;
    if (value === undefined) report(`the environment variable ${name} is not set`);
    return value ?? "";
  });
}
