import { RE2JS } from "re2js";

/** Tells whether a text matches. */
export type CommentPattern = Pick<RegExp, "test">;

const PLAIN = /^[\p{L}\p{N} _-]*$/u;
/** One part of a pattern: an escape, a bracketed class, or a single character. */
const PART = /\\.|\[(?:\\.|[^\]\\])*\]|./gsu;
const PART_OF_CLASS = /\\.|./gsu;
/** JavaScript's white space, and its ends of lines. */
const SPACE =
  "\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const LINE_ENDS = "\\n\\r\\x{2028}\\x{2029}";

/**
 * A pattern for comments, without regard to case. Strangers write what it is compared with: a comment of 64 kB keeps JavaScript's own
 * expressions busy for a second over `SOC.*Exception`, and for ever over others, which RE2 reads in a millisecond. What RE2 cannot do, or
 * means otherwise, is left to JavaScript.
 */
export function commentPattern(pattern: string): CommentPattern {
  const own = new RegExp(pattern, "i");
  if (PLAIN.test(pattern)) return own;
  try {
    const parts = pattern.match(PART) ?? [];
    return RE2JS.compile(parts.map(toRe2).join(""), RE2JS.CASE_INSENSITIVE);
  } catch {
    return own;
  }
}

/** @throws Error where RE2 would read something else */
function toRe2(part: string): string {
  if (part === ".") return `[^${LINE_ENDS}]`;
  if (part === "\\S") return `[^${SPACE}]`;
  if (part === "\\s") return `[${SPACE}]`;
  if (!part.startsWith("[")) return sameInBoth(part);
  if (/^\[\^?\]|\[:|\\[SDWbB]/.test(part)) throw new Error("a class of JavaScript's own");
  const inner = part.slice(1, -1).match(PART_OF_CLASS) ?? [];
  return `[${inner.map((one) => (one === "\\s" ? SPACE : sameInBoth(one))).join("")}]`;
}

function sameInBoth(part: string): string {
  if (/^\\[\p{L}\p{N}]/u.test(part) && !/^\\[bBdDfnrtvwWx]/.test(part))
    throw new Error("an escape of JavaScript's own");
  return part;
}
