import type { Attribute } from "../../src/model/misp.ts";

/** The time at which tests take place, Unix seconds. */
export const NOW = 1_700_000_000;

/** An attribute that may hold an indicator up, written an hour ago; its UUID follows its number. */
export function anAttribute(facts: Partial<Attribute> = {}): Attribute {
  const { id = 1 } = facts;
  return {
    id,
    uuid: `aaaaaaaa-0000-4000-8000-${String(id).padStart(12, "0")}`,
    eventId: 1,
    type: "domain",
    value: "bad.example",
    category: "Network activity",
    toIds: true,
    deleted: false,
    comment: "",
    timestamp: NOW - 3_600,
    firstSeen: null,
    lastSeen: null,
    distribution: 5,
    tags: undefined,
    ...facts,
  };
}
