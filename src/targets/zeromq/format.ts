import type { Entry, Origin } from "../../model/delta.ts";
import { type Indicator, keyOf } from "../../model/indicator.ts";
import { type StixIndicator, stixIndicator } from "../../stix/indicator.ts";

/** How messages look that tell of an indicator, each a JSON text. Times are Unix milliseconds. */
export interface BusFormat {
  topic: string;
  /** What of an entry its message shows beside the indicator. */
  shows(entry: Entry): string;
  /**
   * It is held, and so it looks; `undefined` where the format has no words for its type.
   * @param former the message that told of it last, if there was one
   */
  hold(entry: Entry, changed: number, former: string | undefined): string | undefined;
  /** It is held no more. */
  remove(indicator: Indicator, changed: number, former: string | undefined): string | undefined;
}

export const BUS_FORMATS: Readonly<Record<"stix" | "courier", BusFormat>> = {
  stix: {
    topic: "stix2/indicator",
    shows: (entry) => JSON.stringify(shownOf(entry, Math.round(entry.score))),
    hold: (entry, changed, former) => stated(stixHeld(entry, changed, former)),
    remove: (indicator, changed, former) => {
      const held = former === undefined ? nothingKnown(indicator, changed) : JSON.parse(former);
      // The first mark is Threat Bus's, the second STIX's own.
      return held && JSON.stringify({ ...held, modified: time(changed), revoked: true, x_threatbus_update: "REMOVE" });
    },
  },
  courier: {
    topic: "courier/indicator",
    shows: (entry) => JSON.stringify(shownOf(entry, entry.score)),
    hold: (entry, changed) =>
      JSON.stringify({ action: "hold", ...named(entry, changed), ...shownOf(entry, entry.score) }),
    remove: (indicator, changed) => JSON.stringify({ action: "remove", ...named(indicator, changed) }),
  },
};

function stixHeld(entry: Entry, changed: number, former: string | undefined): StixIndicator | undefined {
  const stix = stixIndicator({ ...entry, origins: inOneOrder(entry.origins) }, changed / 1000);
  // Versions of one object have one time of creation.
  return stix && former !== undefined ? { ...stix, created: createdIn(former) } : stix;
}

function nothingKnown(indicator: Indicator, changed: number): StixIndicator | undefined {
  return stixIndicator({ ...indicator, score: 0, reference: 0, expires: null, origins: [] }, changed / 1000);
}

function createdIn(message: string): string {
  const { created }: { created: string } = JSON.parse(message);
  return created;
}

function stated(message: object | undefined): string | undefined {
  return message && JSON.stringify(message);
}

function named({ type, value }: Indicator, changed: number) {
  return { type, value, key: keyOf({ type, value }), changed: time(changed) };
}

/** What a message tells of an entry, whatever the order of its origins. */
function shownOf({ expires, origins }: Entry, score: number) {
  const events = new Map(inOneOrder(origins).map(({ eventUuid, eventInfo }) => [eventUuid, eventInfo]));
  return {
    score,
    expires: expires === null ? null : time(expires * 1000),
    tags: distinct(origins.flatMap(({ tags }) => tags)),
    organisations: distinct(origins.map(({ organisation }) => organisation)),
    events: [...events].map(([uuid, info]) => ({ uuid, info })).sort((a, b) => compare(a.uuid, b.uuid)),
  };
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== "").sort(compare);
}

/** The oldest first. */
function inOneOrder(origins: readonly Origin[]): Origin[] {
  return [...origins].sort((a, b) => a.timestamp - b.timestamp || compare(a.attributeUuid, b.attributeUuid));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
