import { parseAddress } from "../ip-address.ts";

/** A network as its first and last address, written so that they can be compared as text; IPv4 lies within IPv6. */
export interface AddressRange {
  first: string;
  last: string;
  /** The length of its prefix, and which of the two it is of. */
  bits: number;
  family: "v4" | "v6";
}

const IPV4_IN_IPV6 = "00000000000000000000ffff";
const BITS_BEFORE_IPV4 = 96;
const NETWORK = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i;

/** Reads an address or a network in CIDR notation; `null` for anything else. Bits beyond the prefix do not count. */
export function parseRange(text: string): AddressRange | null {
  const [, base = "", mask] = NETWORK.exec(text) ?? [];
  const address = parseAddress(base);
  if (address === null) return null;
  const most = 8 * address.length;
  const bits = mask === undefined ? most : Number(mask);
  if (bits > most) return null;
  const family = address.length === 4 ? "v4" : "v6";
  const start = family === "v4" ? IPV4_IN_IPV6 : "";
  const range = { first: start + written(address, bits, 0), last: start + written(address, bits, 0xff) };
  const isMapped = family === "v6" && bits >= BITS_BEFORE_IPV4 && range.first.startsWith(IPV4_IN_IPV6);
  return isMapped ? { ...range, bits: bits - BITS_BEFORE_IPV4, family: "v4" } : { ...range, bits, family };
}

/** The bytes of an address in hexadecimal, those beyond the prefix all zeros or all ones. */
function written(address: Uint8Array, bits: number, filler: 0 | 0xff): string {
  const bytes = address.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - 8 * index));
    const mask = (0xff00 >> kept) & 0xff;
    return (byte & mask) | (filler & ~mask);
  });
  return Buffer.from(bytes).toString("hex");
}

/** Finds out whether a network has an address in common with any of the given ones, in the time of a binary search. */
export class AddressRanges {
  /** Ordered, none touching another. */
  readonly #ranges: { first: string; last: string; name: string }[] = [];

  constructor(ranges: readonly { range: AddressRange; name: string }[]) {
    const ordered = ranges.toSorted((one, other) => (one.range.first < other.range.first ? -1 : 1));
    for (const { range, name } of ordered) {
      const before = this.#ranges.at(-1);
      if (before && range.first <= before.last) {
        if (range.last > before.last) before.last = range.last;
      } else this.#ranges.push({ first: range.first, last: range.last, name });
    }
  }

  /** The name of a range that covers a network, or that it covers. */
  overlapping({ first, last }: AddressRange): string | undefined {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.last ?? "") < first) low = middle + 1;
      else high = middle;
    }
    const found = this.#ranges[low];
    return found && found.first <= last ? found.name : undefined;
  }
}
