import { createHash } from "node:crypto";

/** What can be detected: a MISP type and a normalised value. A type with `|` stands for a pair as a whole. */
export interface Indicator {
  type: string;
  value: string;
}

/** A key that is the same for the same indicator everywhere and for ever: 40 hexadecimal digits, safe in any path, query or id. */
export function keyOf({ type, value }: Indicator): string {
  return createHash("sha256").update(`${type}\0${value}`).digest("hex").slice(0, 40);
}

/** Identifies an indicator within this process, as a key of maps: types contain no NUL. */
export function nameOf({ type, value }: Indicator): string {
  return `${type}\0${value}`;
}

/** True for MISP types whose value is two things joined by `|`. */
export function isComposite(type: string): boolean {
  return type.includes("|") || type === "malware-sample";
}
