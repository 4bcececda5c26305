const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Whether a text is an IPv4 address as MISP has it: four numbers, none with a leading zero. */
export const isIpv4 = (text: string) => IPV4.test(text);

const GROUP = /^[\da-f]{1,4}$/i;
const isGroup = (text: string) => GROUP.test(text);
const GROUPS = 8;

/** The 4 or 16 bytes of an IP address, or `null`; as in PHP, neither leading zeros nor a zone make an address. */
export function parseAddress(text: string): Uint8Array | null {
  if (text.includes(":")) return parseIpv6(text);
  return isIpv4(text) ? parseIpv4(text) : null;
}

function parseIpv4(text: string): Uint8Array {
  const bytes = new Uint8Array(4);
  for (const [index, part] of text.split(".", 4).entries()) bytes[index] = Number(part);
  return bytes;
}

function parseIpv6(text: string): Uint8Array | null {
  const groups = withoutIpv4(text)?.split("::");
  if (groups === undefined || groups.length > 2) return null;
  const left = groupsOf(groups[0] ?? "");
  const right = groupsOf(groups[1] ?? "");
  const given = left.length + right.length;
  // Two colons stand for at least one group.
  if (groups.length === 1 ? given !== GROUPS : given >= GROUPS) return null;
  if (!left.every(isGroup) || !right.every(isGroup)) return null;
  const bytes = new Uint8Array(2 * GROUPS);
  writeGroups(bytes, left, 0);
  writeGroups(bytes, right, GROUPS - right.length);
  return bytes;
}

function writeGroups(bytes: Uint8Array, groups: readonly string[], first: number): void {
  for (const [index, group] of groups.entries()) {
    const number = Number.parseInt(group, 16);
    bytes[2 * (first + index)] = number >> 8;
    bytes[2 * (first + index) + 1] = number & 0xff;
  }
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":", GROUPS + 1);
}

/** An IPv6 address whose last 32 bits are written as an IPv4 address, in groups throughout. */
function withoutIpv4(text: string): string | null {
  if (!text.includes(".")) return text;
  const start = text.lastIndexOf(":") + 1;
  const tail = text.slice(start);
  if (!isIpv4(tail)) return null;
  const [first = 0, second = 0, third = 0, fourth = 0] = parseIpv4(tail);
  return `${text.slice(0, start)}${(first * 256 + second).toString(16)}:${(third * 256 + fourth).toString(16)}`;
}

/** An address in the form that PHP and C print: the longest run of zero groups as `::`, an embedded IPv4 address as one. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from(
    { length: GROUPS },
    (_, index) => (bytes[2 * index] ?? 0) * 256 + (bytes[2 * index + 1] ?? 0),
  );
  const [start, length] = longestRunOfZeros(groups);
  const embedded = start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff));
  const shown = groups.map((group) => group.toString(16));
  if (embedded) shown.splice(6, 2, bytes.subarray(12).join("."));
  if (length < 2) return shown.join(":");
  return `${shown.slice(0, start).join(":")}::${shown.slice(start + length).join(":")}`;
}

function longestRunOfZeros(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best[1]) best = [start, index + 1 - start];
  }
  return best;
}
