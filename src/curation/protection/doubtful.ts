import { parseRange } from "./address-ranges.ts";

const DIGITS = /^\d[\d.:]*[.:/][\d.:/]*$/;
/** A MAC address has neither `::` nor a slash. */
const LIKE_IPV6 = /^(?=.*(?:::|\/))[\da-f.]*:[\da-f.:]*(?:\/\w*)?$/i;
const SPAN = /^[\da-f.:]+\s*[-–]\s*[\da-f.:]+$/i;
const LIKE_NAME = /^[\p{L}\p{M}\p{N}_.*-]*[.*][\p{L}\p{M}\p{N}_.*-]*$/u;
const NAME_AND_MORE = /^[\p{L}\p{M}\p{N}_.*-]+\.\p{L}[\p{L}\p{M}\p{N}-]+(?::\d*|\/)$/u;
const NAME = /^[\p{L}\p{M}\p{N}_.*-]+\.\p{L}[\p{L}\p{M}\p{N}-]+\.?$/u;

/**
 * Why a line of a file of protected values will hardly protect what its writer had in mind; `undefined` where nothing speaks against
 * it. Free text is a value of some type, and is not doubted.
 */
export function doubtAbout(line: string): string | undefined {
  if (parseRange(line)) return undefined;
  if (/[\0\uFFFD]/.test(line)) return "is not written in UTF-8";
  if (DIGITS.test(line) || LIKE_IPV6.test(line)) return "is neither an address nor a network";
  if (isSpan(line)) return "is no network: write it as address/length";
  if (LIKE_NAME.test(line))
    return isBroken(line) ? "is no host name; all beneath one is written .corp.example" : undefined;
  if (NAME_AND_MORE.test(line)) return "is no host name: leave out what follows it";
  if (line.startsWith("@")) return "is no mail address, and protects none";
  return isSeveral(line) ? "is more than one value" : undefined;
}

function isSpan(line: string): boolean {
  return SPAN.test(line) && line.split(/[-–]/).every((end) => parseRange(end.trim()) !== null);
}

/** A star, or a dot too many, where no name has one. */
function isBroken(name: string): boolean {
  const labels = name
    .replace(/^\*?\./, "")
    .replace(/\.$/, "")
    .split(".");
  return labels.some((label) => label === "" || label.includes("*"));
}

function isSeveral(line: string): boolean {
  const pieces = line.split(/[\s,;|]+/).filter((piece) => piece !== "");
  return pieces.length > 1 && pieces.some((piece) => NAME.test(piece) || parseRange(piece));
}
