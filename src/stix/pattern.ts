import { isIPv6 } from "node:net";
import type { Indicator } from "../model/indicator.ts";

/** STIX's names of the hashes that it has a vocabulary for. */
const HASHES: Readonly<Record<string, string>> = {
  md5: "MD5",
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha512: "SHA-512",
  "sha3-256": "SHA3-256",
  "sha3-512": "SHA3-512",
  ssdeep: "SSDEEP",
  tlsh: "TLSH",
};

/** All that the libraries of OASIS take for one; MISP takes it with the name of a file behind it as well. */
const SSDEEP = /^[A-Za-z0-9+/:.]{1,128}$/;

const AGENT = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'";

/** What a value of a type is compared with. */
const PATHS: Readonly<Record<string, string>> = {
  domain: "domain-name:value",
  hostname: "domain-name:value",
  url: "url:value",
  uri: "url:value",
  link: "url:value",
  filename: "file:name",
  email: "email-addr:value",
  "email-src": "email-message:from_ref.value",
  "email-dst": "email-message:to_refs[*].value",
  "email-subject": "email-message:subject",
  "user-agent": AGENT,
  regkey: "windows-registry-key:key",
  mutex: "mutex:name",
  "mac-address": "mac-addr:value",
  "x509-fingerprint-md5": "x509-certificate:hashes.'MD5'",
  "x509-fingerprint-sha1": "x509-certificate:hashes.'SHA-1'",
  "x509-fingerprint-sha256": "x509-certificate:hashes.'SHA-256'",
};

/** The STIX pattern that detects an indicator; `undefined` where STIX has no words for its type. */
export function patternOf({ type, value }: Indicator): string | undefined {
  if (["ip-src", "ip-dst", "ip"].includes(type)) return `[${address(value)}]`;
  if (type === "AS") return autonomousSystem(value);
  if (type === "ssdeep" && !SSDEEP.test(value)) return undefined;
  const hash = Object.hasOwn(HASHES, type) ? HASHES[type] : undefined;
  if (hash) return `[file:hashes.'${hash}' = ${literal(value)}]`;
  const path = Object.hasOwn(PATHS, type) ? PATHS[type] : undefined;
  return path && `[${path} = ${literal(value)}]`;
}

function address(value: string): string {
  const [host = ""] = value.split("/");
  const kind = isIPv6(host) ? "ipv6-addr" : "ipv4-addr";
  // A network is asked for by what lies in it; a single address is compared.
  return `${kind}:value ${value.includes("/") ? "ISSUBSET" : "="} ${literal(value)}`;
}

function autonomousSystem(value: string): string | undefined {
  const [, number] = /^(?:AS)?(\d{1,10})$/i.exec(value) ?? [];
  return number && `[autonomous-system:number = ${Number(number)}]`;
}

function literal(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
