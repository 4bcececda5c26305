import { describe, expect, test } from "vitest";
import type { Entry, Origin } from "../../src/model/delta.ts";
import { stixIndicator } from "../../src/stix/indicator.ts";
import { markingOf } from "../../src/stix/marking.ts";
import { patternOf } from "../../src/stix/pattern.ts";

const ORIGIN: Origin = {
  attributeUuid: "11111111-1111-4111-8111-111111111111",
  category: "Network activity",
  comment: "",
  firstSeen: null,
  lastSeen: null,
  timestamp: 1_795_208_614,
  eventId: 1,
  eventUuid: "22222222-2222-4222-8222-222222222222",
  eventInfo: "Campaign",
  eventDate: "2026-11-20",
  organisation: "Partner",
  organisationUuid: "33333333-3333-4333-8333-333333333333",
  distribution: 3,
  tags: ["tlp:amber", "tlp:green"],
};
const ENTRY: Entry = {
  ...{ type: "domain", value: "evil.example", score: 62.5, reference: 1_795_208_614, expires: 1_800_000_000 },
  origins: [ORIGIN],
};

test("an indicator carries id, times, score, tags, events, organisations and the most closed marking", () => {
  expect(stixIndicator(ENTRY, 1_795_300_000)).toEqual({
    type: "indicator",
    spec_version: "2.1",
    id: "indicator--8408446a-106b-5f39-82e5-41ecd6a86e4d",
    created_by_ref: expect.stringMatching(/^identity--/),
    created: "2026-11-20T21:03:34.000Z",
    modified: "2026-11-21T22:26:40.000Z",
    name: "evil.example",
    description: "Campaign",
    indicator_types: ["malicious-activity"],
    pattern: "[domain-name:value = 'evil.example']",
    pattern_type: "stix",
    pattern_version: "2.1",
    valid_from: "2026-11-20T21:03:34.000Z",
    valid_until: "2027-01-15T08:00:00.000Z",
    confidence: 63,
    labels: ["tlp:amber", "tlp:green"],
    external_references: [
      { source_name: "misp-event", external_id: ORIGIN.eventUuid, description: "Campaign" },
      { source_name: "misp-organisation", external_id: "Partner" },
    ],
    object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
  });
});

test("its id depends on type and value alone", () => {
  const id = (entry: Partial<Entry>) => stixIndicator({ ...ENTRY, ...entry }, 1_795_300_000)?.id;
  expect(id({ score: 1, origins: [], expires: null })).toBe(id({}));
  expect(id({ type: "hostname" })).not.toBe(id({}));
  expect(id({})).toMatch(/^indicator--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

describe("patterns", () => {
  test.each([
    ["ip-dst", "198.51.100.7", "[ipv4-addr:value = '198.51.100.7']"],
    ["ip-src", "198.51.100.0/24", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']"],
    ["ip-dst", "2001:db8::1", "[ipv6-addr:value = '2001:db8::1']"],
    ["sha256", "ab", "[file:hashes.'SHA-256' = 'ab']"],
    [
      "ssdeep",
      "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C",
      "[file:hashes.'SSDEEP' = '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C']",
    ],
    ["url", "https://a.example/'\\", "[url:value = 'https://a.example/\\'\\\\']"],
    ["AS", "AS64496", "[autonomous-system:number = 64496]"],
  ])("%s %s", (type, value, pattern) => expect(patternOf({ type, value })).toBe(pattern));

  test.each([
    ["imphash", "ab"],
    ["AS", "none"],
    ["ssdeep", '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C,"evil.exe"'],
    ["constructor", "x"],
  ])("there is none for %s %s", (type, value) => expect(patternOf({ type, value })).toBeUndefined());
});

test.each([
  [["tlp:clear"], "white"],
  [["TLP:GREEN", "tlp:white"], "green"],
  [["tlp:amber+strict"], "red"],
  [['tlp:"red"'], "red"],
  [["tlp:unknown", "admiralty"], undefined],
])("%j is marked %s", (tags, tlp) => expect(markingOf(tags)?.tlp).toBe(tlp));
