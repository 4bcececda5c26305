import ipaddr from "ipaddr.js";
import { type Indicator, isComposite } from "../../model/indicator.ts";
import { unfitForLine } from "../one-line.ts";
import { prefixOf, type QradarSettings } from "./settings.ts";

/** QRadar's kinds of elements: text with and without case, IPv4 addresses, networks. */
export type ElementType = "ALN" | "ALNIC" | "IP" | "CIDR";

/** A reference set as it is to be. */
export interface ReferenceSet {
  name: string;
  element: ElementType;
  /** Days that an element lives since it was last loaded; `null`: for ever. */
  days: number | null;
}

/** Days that QRadar keeps an element longer than the courier would, so that it only acts where the courier does not. */
export const GRACE = 10;

const ADDRESSES = new Set(["ip-src", "ip-dst", "ip"]);
const EXACT = /(^|\|)(md5|sha\d|imphash|impfuzzy|pehash|ssdeep|telfhash|tlsh|vhash|authentihash)|\|port$/;
const TEXT_FOR_EVER = new Set(["filename", "user-agent", "vulnerability"]);

const DAYS: ReadonlyMap<string, number> = new Map([
  ["ip-dst", 90],
  ["ip", 90],
  ["ip-dst|port", 90],
  ["email-src", 90],
  ["email-src-display-name", 90],
  ["email-subject", 90],
  ["domain", 182],
  ["domain|ip", 182],
  ["hostname", 182],
  ["uri", 365],
  ["url", 365],
]);
const DAYS_OF_OTHERS = 30;

/**
 * The set that takes an indicator, or the reason why none can. QRadar's elements of type IP are IPv4 addresses: IPv6
 * addresses and networks have sets of their own beside them.
 */
export function setOf({ type, value }: Indicator, settings: QradarSettings): ReferenceSet | string {
  const reason = unfitForLine(value);
  if (reason !== undefined) return reason;
  if (settings.layout === "plain" && isComposite(type)) {
    return "layout plain holds the parts of composite types, not the pair";
  }
  const kind = ADDRESSES.has(type) ? addressKind(value) : ({ suffix: "", element: textElement(type) } as const);
  if (typeof kind === "string") return kind;
  const name = `${prefixOf(settings)}${type.replaceAll("/", "_")}${kind.suffix}`;
  if (typeOf(name, settings) !== type) return "no set name can hold this type";
  return { name, element: kind.element, days: daysOf(type, settings) };
}

const SUFFIX = /(_v6|_net)$/;
const SLASHED = /(^|\|)sha512_(224|256)$/;

/** The type of indicators that a set of this name holds; `undefined` for a set that is not the courier's. */
export function typeOf(name: string, settings: QradarSettings): string | undefined {
  const prefix = prefixOf(settings);
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  if (!/^[\w|. -]+$/.test(rest)) return undefined;
  const bare = rest.replace(SUFFIX, "");
  return bare === rest || ADDRESSES.has(bare) ? bare.replace(SLASHED, "$1sha512/$2") : undefined;
}

/** The name under which a set knows an indicator: where case does not matter, all its spellings are one element. */
export function elementOf({ type, value }: Indicator): Indicator {
  const folded = !ADDRESSES.has(type) && textElement(type) === "ALNIC";
  return { type, value: folded ? value.toLowerCase() : value };
}

function textElement(type: string): ElementType {
  return EXACT.test(type) ? "ALN" : "ALNIC";
}

function addressKind(value: string): { suffix: string; element: ElementType } | string {
  if (value.includes("/")) {
    return ipaddr.isValidCIDR(value) ? { suffix: "_net", element: "CIDR" } : "the value is no network";
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(value)) return { suffix: "", element: "IP" };
  return ipaddr.IPv6.isValid(value) ? { suffix: "_v6", element: "ALN" } : "the value is no address";
}

function daysOf(type: string, { set_ttl }: QradarSettings): number | null {
  const own = Object.hasOwn(set_ttl, type) ? set_ttl[type] : undefined;
  if (own === "never") return null;
  if (own !== undefined) return own + GRACE;
  if (TEXT_FOR_EVER.has(type) || (EXACT.test(type) && !type.endsWith("|port"))) return null;
  return (DAYS.get(type) ?? DAYS_OF_OTHERS) + GRACE;
}
