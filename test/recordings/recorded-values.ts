import type { Lists } from "../support/lists.ts";

/** The recorded scenarios of the first MISP, in the order in which they happened. */
export const LIFE = [
  "setup",
  "00-meta",
  "01-create-event",
  "02-event-object",
  "02b-objects",
  "03-publish",
  "04-edit-event",
  "05-edit-attribute",
  "06-sightings",
  "07-tags",
  "08-attr-delete",
  "09-unpublish",
  "10-event-delete",
  "07b-local-tags",
  "11-batch",
  "12-read-after-zmq-race",
  "13-warninglists",
  "14-users-orgs",
  "16-sync-pull",
  "17-misc",
  "24-redis-outage",
  "18-roles-published",
];

/** Those of a second MISP, whose publisher was killed and which publishes in background jobs. */
export const SECOND_LIFE = ["21-zmq-killed", "22-background-jobs", "23-zmq-settings"];

export const EVIL = "evil-domain.example.com";
export const PAIR = "pair.example.com";
export const TAGGED = "tagged.example.com";
export const MD5 = "d41d8cd98f00b204e9800998ecf8427e";
export const SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
/** The half of `bad.exe|…`. */
export const BAD_EXE = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
/** Of `dropper.exe`, in the object of event 2. */
export const DROPPER_MD5 = "acbd18db4cc2f85cedef654fccc4a4d8";
export const DROPPER_SHA256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
/** Of `second.exe`, in the object that event 2 has for two seconds. */
export const SECOND_SHA256 = "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9";
/** Of the event that was pulled from the other MISP. */
export const REMOTE_SHA256 = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c";

/** Every indicator of event 1 as it was created, but for 10.1.2.3, which is of a private network. */
export const EVENT_ONE = {
  "ip-src": ["198.51.100.10", "198.51.100.200"],
  "ip-dst": ["203.0.113.77", "203.0.113.99"],
  ip: ["198.51.100.44"],
  domain: [EVIL, PAIR, TAGGED],
  hostname: ["c2.evil-host.example.net"],
  url: ["http://evil-url.example.org/a/b?c=d"],
  uri: ["/evil/path.php"],
  md5: [MD5],
  sha1: ["a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"],
  sha256: [SHA256, BAD_EXE],
  filename: ["bad.exe"],
  "email-src": ["phish@evil-mail.example.com"],
} satisfies Lists;

/** `10.0.0.1` … `10.0.0.n` for the prefix `10.0.0.`. */
export function addresses(prefix: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);
}
