import { formatAddress, parseAddress } from "../ip-address.ts";
import { type Compilation, eachEntry } from "./compilation.ts";
import { ListIndex } from "./list-index.ts";
import type { Matcher, NumberedList } from "./matcher.ts";

/** The networks of one list, beside the index: how long their prefixes are, and how odd ones were written. */
interface Networks {
  /** Place of each prefix length in the list's order, IPv6 only. */
  places: Map<number, number>;
  /** By key: entries that have bits set beyond their prefix. */
  odd: Map<string, string>;
}

interface CidrIndex {
  index: ListIndex;
  /** The prefix lengths in use, longest first, by the number of an address's bytes. */
  lengths: Map<number, number[]>;
  networks: Map<number, Networks>;
}

interface Network {
  address: Uint8Array;
  bits: number;
}

/**
 * Lists of type `cidr`: the value is an address inside an entry, or a network no wider than the entry that decides. That
 * is the widest of a list for IPv4; for IPv6, where MISP goes on looking, one of the prefix length that its list names
 * last. IPv4 networks with bits set beyond their prefix match nothing, as MISP compares them as text.
 */
export function* compileCidrs(lists: readonly NumberedList[]): Compilation<Matcher> {
  const compiled = yield* indexOf(lists);
  return (value, findings) => {
    const [text = "", mask = ""] = value.split("/", 2);
    const address = parseAddress(text);
    if (address === null) return;
    for (const [list, bits] of decidingLengths(address, compiled, findings.wants)) {
      if (!isWider(mask, bits)) findings.add(list, entryOf(list, { address, bits }, compiled));
    }
  };
}

function* indexOf(lists: readonly NumberedList[]): Compilation<CidrIndex> {
  const index = new ListIndex(lists.reduce((sum, { entries }) => sum + entries.length, 0));
  const compiled: CidrIndex = { index, lengths: new Map(), networks: new Map() };
  for (const { number } of lists) compiled.networks.set(number, { places: new Map(), odd: new Map() });
  yield* eachEntry(lists, (entry, list) => {
    const network = parseEntry(entry);
    const networks = compiled.networks.get(list);
    if (network && networks) addNetwork(network, list, networks, compiled);
  });
  for (const lengths of compiled.lengths.values()) lengths.sort((one, other) => other - one);
  return compiled;
}

function addNetwork({ address, bits }: Network, list: number, networks: Networks, { index, lengths }: CidrIndex): void {
  const key = keyOf(address, bits);
  const isOdd = address.some((byte, position) => byte !== key[position + 1]);
  // Compared as text, an IPv4 network is only ever found in its plain form.
  if (address.length === 4 && isOdd) return;
  if (isOdd && !index.find(key).includes(list)) networks.odd.set(key.join(), `${formatAddress(address)}/${bits}`);
  index.add(key, list);
  if (address.length > 4 && !networks.places.has(bits)) networks.places.set(bits, networks.places.size);
  const known = lengths.get(address.length) ?? [];
  if (!known.includes(bits)) lengths.set(address.length, [...known, bits]);
}

/** The prefix length, then the network's bytes. */
function keyOf(address: Uint8Array, bits: number): Uint8Array {
  const key = new Uint8Array(address.length + 1);
  key.set(address, 1);
  shorten(key, bits);
  return key;
}

/** Makes a key that of a shorter prefix. */
function shorten(key: Uint8Array, bits: number): void {
  key[0] = bits;
  for (let index = 1 + (bits >> 3), left = bits & 7; index < key.length; index += 1, left = 0) {
    key[index] = (key[index] ?? 0) & (0xff00 >> left);
  }
}

/** An entry as MISP understands it; `null` for what it drops. */
function parseEntry(entry: string): Network | null {
  const slash = entry.indexOf("/");
  const address = parseAddress(slash < 0 ? entry : entry.slice(0, slash));
  if (address === null) return null;
  const most = 8 * address.length;
  const mask = slash < 0 ? String(most) : entry.slice(slash + 1);
  const bits = numberOf(mask);
  if (bits === null || bits < 0 || bits > most) return null;
  if (address.length === 4 && mask !== String(bits)) return null;
  return { address, bits: Math.trunc(bits) };
}

/** Of each wanted list that covers an address, the prefix length of the network that decides. */
function decidingLengths(
  address: Uint8Array,
  { index, lengths, networks }: CidrIndex,
  wants: (list: number) => boolean,
): Map<number, number> {
  const found = new Map<number, number>();
  const key = keyOf(address, 8 * address.length);
  for (const bits of lengths.get(address.length) ?? []) {
    // Ever shorter, so that each step only clears what the one before has left.
    shorten(key, bits);
    for (const list of index.find(key)) {
      if (!wants(list)) continue;
      const other = found.get(list);
      if (other === undefined || address.length === 4 || outranks(bits, other, networks.get(list)))
        found.set(list, bits);
    }
  }
  return found;
}

function outranks(bits: number, other: number, networks: Networks | undefined): boolean {
  return (networks?.places.get(bits) ?? -1) > (networks?.places.get(other) ?? -1);
}

function entryOf(list: number, { address, bits }: Network, { networks }: CidrIndex): string {
  const key = keyOf(address, bits);
  return networks.get(list)?.odd.get(key.join()) ?? `${formatAddress(key.subarray(1))}/${bits}`;
}

/** Whether PHP finds a value's mask smaller than a prefix length; it compares as text what is no number, and `0` is none. */
function isWider(mask: string, bits: number): boolean {
  if (mask === "" || mask === "0") return false;
  const number = numberOf(mask);
  return number === null ? mask < String(bits) : number < bits;
}

const NUMERIC = /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?[ \t\n\r\v\f]*$/i;

/** What PHP takes a text for in a comparison with a number. */
function numberOf(text: string): number | null {
  return NUMERIC.test(text) ? Number(text) : null;
}
