import type { Delta, Entry, Origin } from "../../src/model/delta.ts";

/** An attribute that holds an indicator up, with what the test does not care for filled in. */
export function anOrigin(facts: Partial<Origin> = {}): Origin {
  return {
    attributeUuid: "5f0b7d3e-0000-4000-8000-000000000001",
    category: "Network activity",
    comment: "",
    firstSeen: null,
    lastSeen: null,
    timestamp: 1_700_000_000,
    eventId: 1,
    eventUuid: "5f0b7d3e-0000-4000-8000-00000000000e",
    eventInfo: "A campaign",
    eventDate: "2023-11-14",
    organisation: "CIRCL",
    organisationUuid: "55f6ea5e-2c60-40e5-964f-47a8950d210f",
    distribution: 3,
    tags: [],
    ...facts,
  };
}

/** An entry that any target takes, with what the test does not care for filled in. */
export function anEntry(facts: Partial<Entry> = {}): Entry {
  return {
    ...{ type: "domain", value: "bad.example", score: 50, expires: null, reference: 1_700_000_000 },
    origins: [anOrigin()],
    ...facts,
  };
}

/** A delta with the given parts, the others empty. */
export function aDelta(parts: Partial<Delta>): Delta {
  return { add: [], renew: [], remove: [], ...parts };
}
