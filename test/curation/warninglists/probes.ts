import type { Warninglist } from "../../../src/curation/warninglists/warninglist.ts";

/** An attribute to ask about. */
export interface Probe {
  type: string;
  value: string;
}

/** Attributes that come close to some entries of a list, from all sides; `most` entries, spread over the list. */
export function probesFor({ entries, matchingAttributes }: Warninglist, most: number): Probe[] {
  const step = Math.max(1, Math.floor(entries.length / most));
  const chosen = entries.filter((_, index) => index % step === 0);
  const types = new Set([...matchingAttributes, "domain|ip"]);
  return chosen.flatMap((entry) => {
    const values = [...aroundText(entry), ...aroundNetwork(entry)];
    return [...types].flatMap((type) => values.flatMap((value) => asAttribute(type, value)));
  });
}

function asAttribute(type: string, value: string): Probe[] {
  if (!type.includes("|") && type !== "malware-sample") return [{ type, value }];
  return [`${value}|x`, `x|${value}`, `${value}|${value}`].map((composite) => ({ type, value: composite }));
}

function aroundText(entry: string): string[] {
  const above = entry.slice(entry.indexOf(".") + 1);
  const beside = [
    `www.${entry}`,
    `x${entry}`,
    `${entry}x`,
    `.${entry}`,
    `${entry}..`,
    above,
    `${entry}.0`,
    `0.${entry}`,
  ];
  const asUrl = ["/", "/a/b", ":8080/", "?x", "//a.example.com/b"].map((rest) => `http://${entry}${rest}`);
  const odd = [`https://u@${entry}/`, `${entry}/a`, `${entry}//a.example.com/b`, `a//${entry}/b`, `${entry}:80`];
  return [entry, entry.toUpperCase(), entry.toLowerCase(), ...beside, ...asUrl, ...odd, `u@${entry}`];
}

function aroundNetwork(entry: string): string[] {
  const [address = "", mask = ""] = entry.split("/");
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 && !address.includes(":")) return [];
  const bits = mask === "" ? (octets.length === 4 ? 32 : 128) : Number(mask);
  const neighbours = octets.length === 4 ? ipv4Neighbours(octets, bits) : ipv6Neighbours(address);
  const masks = [bits - 1, bits, bits + 1, 0, "", "abc", "!", `0${bits}`].map((given) => `${address}/${given}`);
  return [address, `0${address}`, `${address}%eth0`, `::ffff:${address}`, ...neighbours, ...masks];
}

function ipv4Neighbours(octets: readonly number[], bits: number): string[] {
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - bits);
  return [number - 1, number + 1, number + size - 1, number + size]
    .filter((neighbour) => neighbour >= 0 && neighbour < 2 ** 32)
    .map((neighbour) => [24, 16, 8, 0].map((shift) => Math.floor(neighbour / 2 ** shift) % 256).join("."));
}

function ipv6Neighbours(address: string): string[] {
  return [address.replace(/::.*/, "::1"), address.replace(/^./, "3"), address.replace(/:[^:]*$/, ":ffff")];
}
