import type { Pcre } from "./pcre.ts";

/** One part of a pattern: an escape, a comment, a bracketed class, or a single character. */
const PART = /\\Q.*?(?:\\E|$)|\\.|\(\?#[^)]*\)|\[\^?\]?(?:\\.|\[:[^:\]]*:\]|[^\]\\])*\]|./gsu;
const PART_OF_CLASS = /\[:[^:\]]*:\]|\\.|./gsu;

/** Escapes that say less, or something else, in RE2: what to write inside a class instead. */
const ESCAPES: Readonly<Record<string, string>> = { "\\s": "\\s\\v", "\\v": "\\n-\\r\\x{85}\\x{2028}\\x{2029}" };
/** With the flag `u`, PHP's classes know all alphabets. */
const UNICODE_ESCAPES: Readonly<Record<string, string>> = { "\\d": "\\p{Nd}", "\\w": "\\p{L}\\p{N}_" };
const NEGATED: Readonly<Record<string, string>> = { "\\S": "\\s", "\\V": "\\v", "\\D": "\\d", "\\W": "\\w" };

/** The body of a PCRE in RE2's syntax; what RE2 cannot do is left as it is, to be refused by it. */
export function toRe2({ body, flags }: Pcre): string {
  // An inline flag may change what a dollar sign is; the sign then keeps RE2's own meaning.
  const keepsDollar = flags.has("m") || /\(\?[a-z]*m/i.test(body);
  const dollar = flags.has("D") ? "\\z" : "(?:\\n?\\z)";
  const parts = (flags.has("x") ? withoutSpace(body) : body).match(PART) ?? [];
  const translated = parts.map((part) => {
    if (part === "$") return keepsDollar ? part : dollar;
    if (part === "\\Z") return "(?:\\n?\\z)";
    return translatePart(part, flags);
  });
  return flags.has("A") ? `\\A(?:${translated.join("")})` : translated.join("");
}

function translatePart(part: string, flags: ReadonlySet<string>): string {
  if (part.startsWith("(?#")) return "";
  if (part.startsWith("[") && part.length > 1) return classOf(part, flags);
  const range = rangeOf(part, flags);
  if (range !== undefined) return `[${range}]`;
  const opposite = rangeOf(NEGATED[part] ?? "", flags);
  if (opposite !== undefined) return `[^${opposite}]`;
  // Without the flag `u`, PHP compares bytes, and knows capitals of ASCII letters only.
  const isByte = part.length === 1 && part > "\x7f" && !flags.has("u");
  return isByte && flags.has("i") ? `(?-i:${part})` : part;
}

function classOf(part: string, flags: ReadonlySet<string>): string {
  return `[${(part.slice(1, -1).match(PART_OF_CLASS) ?? []).map((inner) => rangeOf(inner, flags) ?? inner).join("")}]`;
}

function rangeOf(part: string, flags: ReadonlySet<string>): string | undefined {
  return ESCAPES[part] ?? (flags.has("u") ? UNICODE_ESCAPES[part] : undefined);
}

/** Drops the white space and the comments that the flag `x` allows between the parts. */
function withoutSpace(body: string): string {
  let kept = "";
  let comment = false;
  for (const part of body.match(PART) ?? []) {
    if (comment) comment = !part.includes("\n");
    else if (part === "#") comment = true;
    else if (!/^[ \t\n\r\v\f]$/.test(part)) kept += part;
  }
  return kept;
}
