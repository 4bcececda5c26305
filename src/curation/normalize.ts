import ipaddr from "ipaddr.js";
import { isIpv4, parseAddress } from "./ip-address.ts";

type Normalize = (value: string) => string | null;

const lowerCase: Normalize = (value) => value.toLowerCase();
const asWritten: Normalize = (value) => value;
const host: Normalize = (value) => withoutDotsAround(value.toLowerCase()) || null;

/** Step by step from either end: a regular expression takes seconds for a hostile run of dots in the middle. */
function withoutDotsAround(name: string): string {
  const ends = (character: string | undefined) => character === "." || character?.trim() === "";
  let start = 0;
  let end = name.length;
  while (start < end && ends(name[start])) start += 1;
  while (end > start && ends(name[end - 1])) end -= 1;
  return name.slice(start, end);
}

const HEXADECIMAL = /^[0-9a-f]+$/;

/** A hash of a fixed number of hexadecimal digits. */
function digest(digits: number): Normalize {
  return (value) => {
    const hash = value.toLowerCase();
    return hash.length === digits && HEXADECIMAL.test(hash) ? hash : null;
  };
}

const SEPARATORS = /[.:\- ]/g;

/** The hash of a certificate, which many programs write with a colon after each byte. */
function fingerprint(digits: number): Normalize {
  const plain = digest(digits);
  return (value) => plain(value.replaceAll(":", ""));
}

/** Pairs of digits with colons between them, as MISP writes a hardware address, whatever stood between them. */
function hardware(value: string): string {
  const digits = value.toLowerCase().replace(SEPARATORS, "");
  const isAddress = HEXADECIMAL.test(digits) && (digits.length === 12 || digits.length === 16);
  return isAddress ? (digits.match(/../g) ?? []).join(":") : value.toLowerCase();
}

/** An address or a network in CIDR notation; a mask that says "one address" is dropped. */
function address(value: string): string | null {
  if (isIpv4(value)) return value;
  const [base = "", bits, ...rest] = value.split("/");
  // Not by ipaddr.js, to which `::192.0.2.1` is the same as `::ffff:192.0.2.1`.
  const bytes = rest.length === 0 ? parseAddress(base) : null;
  if (bytes === null) return null;
  const parsed = ipaddr.fromByteArray([...bytes]);
  if (bits === undefined) return parsed.toString();
  const most = parsed.kind() === "ipv4" ? 32 : 128;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return null;
  return Number(bits) === most ? parsed.toString() : `${parsed.toString()}/${Number(bits)}`;
}

const byType: Record<string, Normalize> = {
  ip: address,
  "ip-src": address,
  "ip-dst": address,
  domain: host,
  hostname: host,
  "onion-address": host,
  md5: digest(32),
  imphash: digest(32),
  sha1: digest(40),
  sha224: digest(56),
  sha256: digest(64),
  sha384: digest(96),
  sha512: digest(128),
  "sha512/224": digest(56),
  "sha512/256": digest(64),
  "sha3-224": digest(56),
  "sha3-256": digest(64),
  "sha3-384": digest(96),
  "sha3-512": digest(128),
  authentihash: digest(64),
  pehash: digest(40),
  "x509-fingerprint-md5": fingerprint(32),
  "x509-fingerprint-sha1": fingerprint(40),
  "x509-fingerprint-sha256": fingerprint(64),
  "ja3-fingerprint-md5": digest(32),
  "hassh-md5": digest(32),
  "hasshserver-md5": digest(32),
  "jarm-fingerprint": lowerCase,
  cdhash: lowerCase,
  email: lowerCase,
  "email-src": lowerCase,
  "email-dst": lowerCase,
  eppn: lowerCase,
  "mac-address": hardware,
  "mac-eui-64": hardware,
};

/**
 * The one form of a value under which it is stored, compared and sent; `null` when it cannot be a value of that type.
 * Types that are not named here keep their value as MISP has it, without the white space around it.
 */
export function normalize(type: string, value: string): string | null {
  const trimmed = value.trim();
  if (trimmed === "") return null;
  const normalizer = Object.hasOwn(byType, type) ? byType[type] : undefined;
  return (normalizer ?? asWritten)(trimmed);
}
