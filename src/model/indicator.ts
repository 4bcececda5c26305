import { createHash } from "node:crypto";

/** One detectable thing: a MISP type without `|`, or a composite type for the pair as such, and a normalised value. */
export interface Indicator {
  type: string;
  value: string;
}

/** The same indicator has the same key everywhere and for ever: 40 hexadecimal digits, safe in any path, query or id. */
export function keyOf({ type, value }: Indicator): string {
  return createHash("sha256").update(`${type}\0${value}`).digest("hex").slice(0, 40);
}

/** What tells an indicator from all others within this process: no type has a NUL in it. */
export function nameOf({ type, value }: Indicator): string {
  return `${type}\0${value}`;
}

/** True for MISP types whose value is two things joined by `|`. */
export function isComposite(type: string): boolean {
  return type.includes("|") || type === "malware-sample";
}
