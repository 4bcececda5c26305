// Prints a bundle with an indicator of every type that has a pattern, with the values that are hard to write.
import { IDENTITY, stixIndicator } from "../dist/stix/indicator.js";
import { MARKINGS, markingObject } from "../dist/stix/marking.js";

const types =
  "ip-src ip-dst ip AS domain hostname url uri link filename email email-src email-dst email-subject user-agent regkey mutex mac-address md5 sha1 sha256 sha512 sha3-256 sha3-512 ssdeep tlsh x509-fingerprint-md5 x509-fingerprint-sha1 x509-fingerprint-sha256";
const lengths = { md5: 32, sha1: 40, sha256: 64, sha512: 128, "sha3-256": 64, "sha3-512": 128, tlsh: 70 };
const hash = (type) => "a".repeat(lengths[type.replace("x509-fingerprint-", "")]);
const values = {
  "ip-src": ["198.51.100.0/24"],
  "ip-dst": ["198.51.100.7"],
  ip: ["2001:db8::/32", "2001:db8::1"],
  AS: ["AS64496"],
  ssdeep: ["3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"],
  "mac-address": ["00:00:5e:00:53:01"],
  regkey: ["HKEY_LOCAL_MACHINE\\Software\\O'Hara"],
  domain: ["evil.example"],
};
const hostile = ["it's", "back\\slash", "'] OR [file:name = 'x", "ends with \\", "Grüße 😀\u202e"];
const origin = (tags, n) => ({
  attributeUuid: "11111111-1111-4111-8111-111111111111",
  category: "Network activity",
  comment: "",
  firstSeen: null,
  lastSeen: null,
  timestamp: 1_795_208_614 + n,
  eventId: n,
  eventUuid: `22222222-2222-4222-8222-22222222222${n}`,
  eventInfo: n === 0 ? "" : "Campaign 'x' \\",
  eventDate: "2026-11-20",
  organisation: "Partner",
  tags,
});
const origins = [origin(["tlp:green"], 0), origin(["tlp:amber+strict", 'admiralty-scale:source-reliability="a"'], 1)];

const objects = types.split(" ").flatMap((type) => {
  const known = values[type] ?? (/^(md5|sha|tlsh|x509)/.test(type) ? [hash(type)] : hostile);
  return known.map((value, index) => {
    const entry = {
      type,
      value,
      score: 50,
      expires: index % 2 ? null : 1_900_000_000,
      origins: index % 3 ? [] : origins,
    };
    const made = stixIndicator(entry, 1_795_300_000);
    if (!made) throw new Error(`there is no pattern for ${type}`);
    return made;
  });
});
const all = [IDENTITY, ...MARKINGS.map(markingObject), ...objects];
process.stdout.write(
  `${JSON.stringify({ type: "bundle", id: "bundle--33333333-3333-4333-8333-333333333333", objects: all })}\n`,
);
