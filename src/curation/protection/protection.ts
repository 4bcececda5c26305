import { type Indicator, isComposite } from "../../model/indicator.ts";
import type { Reason } from "../../model/verdict.ts";
import { normalize } from "../normalize.ts";
import { partsOf } from "../split.ts";
import type { Warninglist } from "../warninglists/warninglist.ts";
import { compileWarninglists } from "../warninglists/warninglists.ts";
import { AddressRanges, parseRange } from "./address-ranges.ts";
import { ProtectedNames } from "./protected-names.ts";

/** Why a target's guard lets an indicator not go out. */
export interface Protected {
  withheld: Extract<Reason, "protected" | "too_wide">;
  /** What is protected, or how wide it may be, for people. */
  by: string;
}

/** What the guard of one target says of an indicator; `null`: nothing. */
export type Protection = (indicator: Indicator) => Protected | null;

/** What must never go out. */
export interface ProtectionSettings {
  /** The shortest prefixes that may go out. */
  minPrefix: { v4: number; v6: number };
  /** Files of values, as they were read. */
  files: readonly { name: string; values: readonly string[] }[];
  /** Warninglists that were named, whatever their role. */
  lists: readonly Warninglist[];
}

/** Networks that are nobody's or everybody's: they are protected whatever the configuration says. A default route covers them. */
const ALWAYS: readonly (readonly [name: string, ...values: string[]])[] = [
  ["private networks", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  ["loopback", "127.0.0.0/8", "::1", ".localhost"],
  ["link-local addresses", "169.254.0.0/16", "fe80::/10"],
  ["multicast addresses", "224.0.0.0/4", "ff00::/8"],
  ["unspecified addresses", "0.0.0.0/8", "::"],
  ["the broadcast address", "255.255.255.255"],
];

const ADDRESSES: ReadonlySet<string> = new Set(["ip", "ip-src", "ip-dst"]);
const NAMES: ReadonlySet<string> = new Set(["domain", "hostname", "onion-address"]);

/** Makes a target's guard ready to be asked. What is protected is compared with values, nothing else; it cannot fail. */
export function compileProtection(settings: ProtectionSettings): Protection {
  const values = collect(settings);
  const warninglists = compileWarninglists(settings.lists);
  const { minPrefix } = settings;
  const ofAddress = (value: string): Protected | null => {
    const range = parseRange(value);
    if (!range) return null;
    const by = values.addresses.overlapping(range);
    if (by !== undefined) return { withheld: "protected", by };
    const least = minPrefix[range.family];
    return range.bits < least ? { withheld: "too_wide", by: `networks of less than /${least}` } : null;
  };
  const ofHost = (host: string, whole: boolean): string | undefined => {
    const range = parseRange(host);
    if (range) return values.addresses.overlapping(range);
    return whole ? values.names.covering(host) : values.names.beneath(host);
  };
  const ofUrl = ({ type, value }: Indicator): string | undefined => {
    const { host, whole } = hostOf(type, value);
    return ofHost(host, whole);
  };
  const byValue = (indicator: Indicator): string | undefined => {
    const { type, value } = indicator;
    if (NAMES.has(type)) return ofHost(value, true);
    if (type === "url" || type === "uri") return ofUrl(indicator) ?? values.others.get(value);
    return values.others.get(value);
  };
  const ofOne = (indicator: Indicator): Protected | null => {
    const own = ADDRESSES.has(indicator.type) ? ofAddress(indicator.value) : null;
    const by = own
      ? undefined
      : (byValue(indicator) ?? warninglists.match(indicator.type, indicator.value)[0]?.list.name);
    return by === undefined ? own : { withheld: "protected", by };
  };
  return (indicator) => {
    if (!isComposite(indicator.type)) return ofOne(indicator);
    for (const part of partsOf(indicator.type, indicator.value)) {
      const found = isComposite(part.type) ? null : ofOne(part);
      if (found) return found;
    }
    return null;
  };
}

function collect({ files, lists }: ProtectionSettings) {
  const ranges: { range: NonNullable<ReturnType<typeof parseRange>>; name: string }[] = [];
  const names = new ProtectedNames();
  const others = new Map<string, string>();
  const add = (value: string, name: string) => {
    const range = parseRange(value);
    if (range) ranges.push({ range, name });
    else if (isHostName(value)) names.add(value, name);
    for (const form of formsOf(value)) others.set(form, name);
  };
  // A list is asked itself whether an indicator lies within it; here is what an indicator covers.
  const addCovered = (entry: string, name: string) => {
    const range = parseRange(entry);
    if (range) ranges.push({ range, name });
    else if (isHostName(entry)) names.addBelow(entry, name);
  };
  for (const [name, ...values] of ALWAYS) for (const value of values) add(value, name);
  for (const { name, values } of files) for (const value of values) add(value, `${value} in ${name}`);
  for (const { name, type, entries } of lists) {
    if (type !== "regex" && type !== "substring") for (const entry of entries) addCovered(entry, name);
  }
  return { addresses: new AddressRanges(ranges), names, others };
}

const FORMS = ["email", "mac-address", "x509-fingerprint-md5", "x509-fingerprint-sha1", "x509-fingerprint-sha256"];

/** A hash or a mail address in capitals is the same one, and so is a hardware address or a fingerprint with other separators. */
function formsOf(value: string): string[] {
  const forms = FORMS.flatMap((type) => normalize(type, value) ?? []);
  return [...new Set([value, ...forms])];
}

function isHostName(value: string): boolean {
  return /^[*.]{0,2}[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*\.?$/u.test(value);
}

/** What may stand before the host of a URL, whatever the scheme is called: `hxxp` leads where `http` does. */
const BEFORE_HOST = /^(?:[a-z][a-z\d+.-]*:[/\\]+|[/\\]{2,})/i;

/** The host of a URL, and whether the URL stands for all of it. What is called a URL begins with its host where there is no scheme. */
function hostOf(type: string, value: string): { host: string; whole: boolean } {
  const text = `http://${value.replace(BEFORE_HOST, "")}`;
  const isHostless = (type === "uri" || /^[/\\]/.test(value)) && !BEFORE_HOST.test(value);
  if (isHostless || !URL.canParse(text)) return { host: "", whole: false };
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return { host, whole: url.pathname === "/" && url.search === "" };
}
