import { isIPv4, isIPv6, SocketAddress } from "node:net";
import type { Warninglist } from "../../../src/curation/warninglists/warninglist.ts";

/** What MISP says of one list and one attribute: the entry and the half that is on the list. */
export interface NaiveHit {
  entry: string;
  value: string;
}

type Test = (value: string) => string | null;

/** MISP's rules word by word, one list after the other: slow, and sharing nothing with the real thing. */
export function naiveTest(list: Warninglist): (type: string, value: string) => NaiveHit | null {
  const test = tests[list.type](list.entries);
  return (type, value) => {
    if (!list.matchingAttributes.includes("ALL") && !list.matchingAttributes.includes(type)) return null;
    for (const part of halves(type, value)) {
      const entry = test(part);
      if (entry !== null) return { entry, value: part };
    }
    return null;
  };
}

/** True for kinds of which MISP may report any of several matching entries. */
export function reportsAnyEntry(type: Warninglist["type"]): boolean {
  return type === "substring" || type === "regex";
}

function halves(type: string, value: string): string[] {
  if (!type.includes("|") && type !== "malware-sample") return [value];
  const [first = "", ...others] = value.split("|");
  return others.length === 0 ? [first] : [first, others.join("|")];
}

const tests: Record<Warninglist["type"], (entries: readonly string[]) => Test> = {
  string: (entries) => {
    const all = new Set(entries);
    return (value) => (all.has(value) ? value : null);
  },
  substring: (entries) => (value) => entries.find((entry) => value.includes(entry)) ?? null,
  hostname: (entries) => {
    const prepared = new Set(
      entries.map((entry) => trimDots(entry).replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
    );
    return (value) => hostnameHit(prepared, value);
  },
  cidr: (entries) => cidrTest(entries),
  regex: (entries) => (value) => entries.find((entry) => nativeRegex(entry)?.test(value)) ?? null,
};

function trimDots(text: string): string {
  return text.replace(/^\.+/, "").replace(/\.+$/, "");
}

function hostnameHit(entries: ReadonlySet<string>, value: string): string | null {
  const pieces = value.split("/");
  const host = (value.includes("//") ? (pieces[2] ?? "") : (pieces[0] ?? "")).replace(/\.+$/, "");
  let rebuilt = "";
  for (const label of host.split(".").reverse()) {
    rebuilt = rebuilt === "" || rebuilt === "0" ? label : `${label}.${rebuilt}`;
    if (entries.has(rebuilt)) return rebuilt;
  }
  return null;
}

function cidrTest(entries: readonly string[]): Test {
  const asText = new Set<string>();
  const byMask = new Map<number, Map<bigint, bigint>>();
  for (const entry of entries) {
    const [address = "", mask = isIPv4(address) ? "32" : "128"] = entry.split("/");
    if (isIPv4(address) && Number(mask) <= 32) asText.add(`${address}/${mask}`);
    if (isPlainIpv6(address) && Number(mask) <= 128) {
      const network = bits(address) >> (128n - BigInt(mask));
      const networks = byMask.get(Number(mask)) ?? new Map<bigint, bigint>();
      byMask.set(Number(mask), networks);
      if (!networks.has(network)) networks.set(network, bits(address));
    }
  }
  return (value) => {
    const [address = "", mask = ""] = value.split("/");
    const hit = isIPv4(address)
      ? ipv4Hit(asText, address)
      : isPlainIpv6(address)
        ? ipv6Hit(byMask, bits(address))
        : null;
    return hit !== null && mask !== "" && mask !== "0" && isLess(mask, hit.split("/")[1] ?? "") ? null : hit;
  };
}

function ipv4Hit(entries: ReadonlySet<string>, address: string): string | null {
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  for (let mask = 0; mask <= 32; mask += 1) {
    const network = Math.floor(number / 2 ** (32 - mask)) * 2 ** (32 - mask);
    const text = `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".")}/${mask}`;
    if (entries.has(text)) return text;
  }
  return null;
}

function ipv6Hit(byMask: ReadonlyMap<number, ReadonlyMap<bigint, bigint>>, address: bigint): string | null {
  let hit: string | null = null;
  for (const [mask, networks] of byMask) {
    const network = networks.get(address >> (128n - BigInt(mask)));
    if (network !== undefined) hit = `${printed(network)}/${mask}`;
  }
  return hit;
}

function isPlainIpv6(text: string): boolean {
  return isIPv6(text) && !text.includes("%");
}

function bits(address: string): bigint {
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const left = head.split(":").filter((group) => group !== "");
  const right = (tail ?? "").split(":").filter((group) => group !== "");
  const groups = [...left, ...new Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function printed(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return new SocketAddress({ address: groups.join(":"), family: "ipv6" }).address;
}

function isLess(mask: string, other: string): boolean {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(mask) ? Number(mask) < Number(other) : mask < other;
}

function nativeRegex(entry: string): RegExp | null {
  const [, body = "", flags = ""] = /^\/(.*)\/(\w*)$/s.exec(entry) ?? [];
  return /^[imsu]*$/.test(flags) && body !== "" ? new RegExp(body, flags) : null;
}
