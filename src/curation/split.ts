import { type Indicator, isComposite } from "../model/indicator.ts";
import { normalize } from "./normalize.ts";

/** What the halves of a composite type are; `null` is a half that nobody can look for by itself (a port, registry data). */
const halves: Record<string, [string, string | null]> = {
  "ip-src|port": ["ip-src", null],
  "ip-dst|port": ["ip-dst", null],
  "hostname|port": ["hostname", null],
  "regkey|value": ["regkey", null],
  "malware-sample": ["filename", "md5"],
};

/** Composite types whose halves are not named as they are. */
export const COMPOSITES: readonly string[] = Object.keys(halves);

/** The types of the indicators that attributes of a type hold up. */
export function indicatorTypesOf(type: string): string[] {
  return isComposite(type) ? [...halvesOf(type).filter((half) => half !== null), type] : [type];
}

/** An indicator that an attribute holds up. */
export interface Part extends Indicator {
  /** What it is of the attribute's value, as MISP has it. */
  raw: string;
}

/** The indicators that an attribute holds up. */
export function indicatorsOf(type: string, value: string): Indicator[] {
  return partsOf(type, value).map((part) => ({ type: part.type, value: part.value }));
}

/**
 * The indicators that an attribute holds up: one for a simple type; for a composite type its halves, and the pair as such
 * under the composite type. Empty when the value cannot be one of its type.
 */
export function partsOf(type: string, value: string): Part[] {
  if (!isComposite(type)) return part(type, value);
  const bar = value.indexOf("|");
  if (bar < 0) return [];
  const [firstType, secondType] = halvesOf(type);
  const first = part(firstType, value.slice(0, bar));
  const second = secondType === null ? [] : part(secondType, value.slice(bar + 1));
  // A pair of which one half is not what it claims to be is no pair; the sound half still counts.
  const whole = first.length === 1 && (secondType === null || second.length === 1);
  const secondValue = second[0]?.value ?? value.slice(bar + 1).trim();
  return [...first, ...second, ...(whole ? [{ type, value: `${first[0]?.value}|${secondValue}`, raw: value }] : [])];
}

function halvesOf(type: string): [string, string | null] {
  if (Object.hasOwn(halves, type)) return halves[type] ?? [type, null];
  const bar = type.indexOf("|");
  return [type.slice(0, bar), type.slice(bar + 1)];
}

function part(type: string, raw: string): Part[] {
  const value = normalize(type, raw);
  return value === null ? [] : [{ type, value, raw }];
}

/**
 * The value that a sighting of an attribute counts for wherever it occurs; `null` for a composite type, where a sighting
 * counts for that one attribute.
 */
export function sightedValue(type: string, value: string): string | null {
  return isComposite(type) ? null : normalize(type, value);
}
