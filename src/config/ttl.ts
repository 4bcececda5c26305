import { z } from "zod";
import { durationOrNever } from "./duration.ts";
import { attributeType } from "./misp-types.ts";

const DAY = 86_400;

const HASHES = [
  ..."md5 sha1 sha224 sha256 sha384 sha512 sha512/224 sha512/256 sha3-224 sha3-256 sha3-384 sha3-512".split(" "),
  ..."authentihash imphash impfuzzy pehash ssdeep telfhash tlsh vhash".split(" "),
];

/** Seconds by MISP type, `null` for never; `default` is for the types that are not named. */
export type TimesToLive = Readonly<Record<string, number | null>>;

/** How long each type lives where the configuration says nothing else. */
export const shippedTtl: TimesToLive = {
  default: 30 * DAY,
  "ip-src": 30 * DAY,
  "ip-dst": 90 * DAY,
  "ip-dst|port": 90 * DAY,
  ip: 90 * DAY,
  "email-src": 90 * DAY,
  "email-src-display-name": 90 * DAY,
  "email-subject": 90 * DAY,
  domain: 182 * DAY,
  "domain|ip": 182 * DAY,
  hostname: 182 * DAY,
  uri: 365 * DAY,
  url: 365 * DAY,
  filename: null,
  "user-agent": null,
  vulnerability: null,
  ...Object.fromEntries(HASHES.flatMap((hash) => [hash, `filename|${hash}`]).map((type) => [type, null])),
};

/** The `ttl:` of a target: only what differs from the table of `indicators`. */
export const ttlOverrides = z.record(attributeType, durationOrNever);

/** The `ttl:` of `indicators`, laid over the shipped table. */
export const ttlTable = ttlOverrides.transform((given): TimesToLive => ({ ...shippedTtl, ...given }));

/** A target's own table: one that names a `default` stands alone, any other is laid over the common one. */
export function targetTtl(common: TimesToLive, own: TimesToLive): TimesToLive {
  return Object.hasOwn(own, "default") ? own : { ...common, ...own };
}
