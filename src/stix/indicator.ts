import type { Entry, Origin } from "../model/delta.ts";
import { keyOf } from "../model/indicator.ts";
import { markingOf } from "./marking.ts";
import { patternOf } from "./pattern.ts";
import { stableId } from "./stable-id.ts";

/** A STIX 2.1 indicator as the courier makes it. */
export interface StixIndicator {
  type: "indicator";
  spec_version: "2.1";
  /** The same for the same indicator, wherever and whenever. */
  id: string;
  created_by_ref: string;
  created: string;
  modified: string;
  name: string;
  description?: string;
  indicator_types: ["malicious-activity"];
  pattern: string;
  pattern_type: "stix";
  pattern_version: "2.1";
  valid_from: string;
  valid_until?: string;
  /** The score. */
  confidence: number;
  labels?: string[];
  external_references?: { source_name: string; external_id: string; description?: string }[];
  object_marking_refs?: string[];
}

const IDENTITY_ID = stableId("identity", "misp-courier");
const EPOCH = "2026-01-01T00:00:00.000Z";

/** Who all indicators are by. */
export const IDENTITY = {
  type: "identity",
  spec_version: "2.1",
  id: IDENTITY_ID,
  created: EPOCH,
  modified: EPOCH,
  name: "misp-courier",
  identity_class: "system",
} as const;

/** How many events an indicator names as its references, and how many organisations. */
const MOST_REFERENCES = 20;

/**
 * The STIX indicator of an entry; `undefined` where STIX has no words for its type.
 * @param changed when the entry last changed, Unix seconds: a receiver takes a version that is no newer for the same
 */
export function stixIndicator(entry: Entry, changed: number): StixIndicator | undefined {
  const pattern = patternOf(entry);
  if (pattern === undefined) return undefined;
  const { origins, expires, value, score } = entry;
  const created = Math.min(changed, ...origins.map(({ timestamp }) => timestamp));
  const tags = [...new Set(origins.flatMap((origin) => origin.tags))].filter((tag) => tag !== "");
  const marking = markingOf(tags);
  const references = referencesOf(origins);
  const [first] = origins;
  return {
    type: "indicator",
    spec_version: "2.1",
    id: stableId("indicator", keyOf(entry)),
    created_by_ref: IDENTITY_ID,
    created: time(created),
    modified: time(changed),
    name: value,
    ...(first?.eventInfo ? { description: first.eventInfo } : {}),
    indicator_types: ["malicious-activity"],
    pattern,
    pattern_type: "stix",
    pattern_version: "2.1",
    valid_from: time(created),
    // STIX wants it later than valid_from.
    ...(expires !== null && expires > created ? { valid_until: time(expires) } : {}),
    confidence: Math.min(100, Math.max(0, Math.round(score))),
    ...(tags.length > 0 ? { labels: tags } : {}),
    ...(references.length > 0 ? { external_references: references } : {}),
    ...(marking ? { object_marking_refs: [marking.id] } : {}),
  };
}

function referencesOf(origins: readonly Origin[]) {
  const events = new Map(origins.map(({ eventUuid, eventInfo }) => [eventUuid, eventInfo]));
  const organisations = new Set(origins.map(({ organisation }) => organisation).filter((name) => name !== ""));
  return [
    ...[...events].slice(0, MOST_REFERENCES).map(([uuid, info]) => ({
      source_name: "misp-event",
      external_id: uuid,
      ...(info === "" ? {} : { description: info }),
    })),
    ...[...organisations].slice(0, MOST_REFERENCES).map((name) => ({
      source_name: "misp-organisation",
      external_id: name,
    })),
  ];
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
