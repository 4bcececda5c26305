import type { Entry, Origin } from "../../model/delta.ts";
import type { SplunkSettings } from "./settings.ts";

/** How many events a document names, the newest ones. */
const MOST_EVENTS = 50;
const NAMELESS = "(none)";

/** What a document tells beside type and value, in the order in which it is compared. What is empty is left out. */
const CONTEXT = [
  "score",
  "expires_at",
  "first_seen",
  "last_seen",
  "events",
  "event_id",
  "event_uuid",
  "event",
  "organisation",
  "tags",
  "category",
  "comment",
] as const;

/** The fields whose types a collection declares; there is no type for those of several values. */
const FIELD_TYPES = {
  value: "string",
  type: "string",
  score: "number",
  expires_at: "number",
  first_seen: "number",
  last_seen: "number",
  events: "number",
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** The fields of an entry's document without its key. Times are Unix seconds; a field of several values is an array. */
export function fieldsOf(entry: Entry, layout: SplunkSettings["layout"]): Fields {
  const { type, value } = entry;
  return layout === "broker" ? { value } : { value, type, ...contextOf(entry) };
}

/** What of an entry its document shows, as one text that does not depend on the order of origins. */
export function shownBy(layout: SplunkSettings["layout"]): (entry: Entry) => string {
  return layout === "broker" ? () => "" : (entry) => JSON.stringify(contextOf(entry));
}

/** What a document that was read back shows, as `shownBy` would say it of the entry. */
export function shownIn(document: Fields, layout: SplunkSettings["layout"]): string {
  return layout === "broker" ? "" : JSON.stringify(filled(document));
}

/** The types of the fields of a collection that is made for a MISP type, as in the app's collections.conf. */
export function fieldTypesOf(type: string, layout: SplunkSettings["layout"]): Readonly<Record<string, string>> {
  if (layout === "broker") return { value: type === "ip-src" || type === "ip-dst" ? "cidr" : "string" };
  return FIELD_TYPES;
}

function contextOf({ score, expires, origins }: Entry): Fields {
  const events = eventsOf(origins);
  const named = events.slice(0, MOST_EVENTS);
  return filled({
    score,
    expires_at: expires,
    first_seen: extreme(Math.min, origins, ({ firstSeen }) => firstSeen),
    last_seen: extreme(Math.max, origins, ({ lastSeen }) => lastSeen),
    events: events.length,
    // The next four belong together, place by place: a place that were empty could fall out on the way.
    event_id: named.map(({ eventId }) => `${eventId}`),
    event_uuid: named.map(({ eventUuid }) => eventUuid || NAMELESS),
    event: named.map(({ eventInfo }) => eventInfo || NAMELESS),
    organisation: named.map(({ organisation }) => organisation || NAMELESS),
    tags: distinct(origins.flatMap(({ tags }) => tags)),
    category: distinct(origins.map(({ category }) => category)),
    comment: distinct(origins.map(({ comment }) => comment)),
  });
}

/** One origin for each event, the newest first. */
function eventsOf(origins: readonly Origin[]): Origin[] {
  const newest = new Map<string, Origin>();
  for (const origin of origins) {
    const known = newest.get(origin.eventUuid);
    if (!known || isBefore(origin, known)) newest.set(origin.eventUuid, origin);
  }
  return [...newest.values()].sort((one, other) => (isBefore(one, other) ? -1 : 1));
}

function isBefore(one: Origin, other: Origin): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp > other.timestamp;
  return one.attributeUuid < other.attributeUuid;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== "").sort();
}

function extreme(
  pick: (a: number, b: number) => number,
  origins: readonly Origin[],
  timeOf: (origin: Origin) => number | null,
): number | null {
  const times = origins.map(timeOf).filter((time) => time !== null);
  return times.length === 0 ? null : times.reduce((one, other) => pick(one, other));
}

function filled(fields: Fields): Fields {
  return Object.fromEntries(CONTEXT.map((name) => [name, fields[name]]).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
