import { type Delta, type Entry, newestFirst, type Origin, type Refusal } from "../../model/delta.ts";
import { type Indicator, keyOf } from "../../model/indicator.ts";
import { rfc3339Of } from "../../model/iso-time.ts";

/** How many origins an event names, the newest ones. */
const MOST_ORIGINS = 50;

/** What is to be told of one indicator, before it is known when and under which id. */
export interface Change {
  /** The indicator's key. */
  key: string;
  /** CloudEvents' `type`. */
  type: string;
  data: Readonly<Record<string, unknown>>;
}

/** A change with the time when it was first told, and its place among all that were. */
export interface Telling extends Change {
  /** Greater than that of everything told before. */
  number: number;
  /** Unix milliseconds. */
  time: number;
}

/** The changes of a delta in the order in which they are told, and the entries that no event can name. */
export function changesOf({ add, renew, remove }: Delta): { changes: Change[]; refusals: Refusal[] } {
  const entries = [...renew, ...add];
  const refusals = entries.flatMap(({ type, value }) => {
    const reason = unfitForEvent({ type, value });
    return reason === undefined ? [] : [{ type, value, reason }];
  });
  const fit = (item: Indicator) => unfitForEvent(item) === undefined;
  const changes = [
    // What no longer holds is the more urgent: it raises false alarms. What no event can name was never told.
    ...remove.filter(fit).map(({ type, value }) => changeOf("removed", { type, value }, {})),
    ...renew.filter(fit).map((entry) => changeOf("renewed", entry, worthOf(entry))),
    ...add.filter(fit).map((entry) => changeOf("added", entry, worthOf(entry))),
  ];
  return { changes, refusals };
}

/** What an event tells of an entry beside type and value; it does not depend on the order of origins. */
export function worthOf({ score, expires, origins }: Entry): Readonly<Record<string, unknown>> {
  return {
    score,
    expires: rfc3339Of(expires),
    // Attributes that hold it up, also those that are not named.
    origin_count: origins.length,
    origins: origins.toSorted(newestFirst).slice(0, MOST_ORIGINS).map(originOf),
  };
}

/** A change as CloudEvents 1.0 has it in JSON: the same telling is the same event, however often it is sent. */
export function eventOf({ key, type, data, number, time }: Telling, source: string) {
  return {
    specversion: "1.0",
    id: `${key}-${number}`,
    source,
    type,
    subject: key,
    time: new Date(time).toISOString(),
    sequence: String(number),
    datacontenttype: "application/json",
    data,
  };
}

function changeOf(done: "added" | "renewed" | "removed", { type, value }: Indicator, worth: object): Change {
  return { key: keyOf({ type, value }), type: `misp-courier.indicator.${done}`, data: { type, value, ...worth } };
}

/** Many readers of JSON replace halves of characters, silently: another value would be blocked then. */
function unfitForEvent({ type, value }: Indicator): string | undefined {
  if (value === "") return "the value is empty";
  if (!type.isWellFormed() || !value.isWellFormed()) return "the value is not well-formed Unicode";
  return undefined;
}

function originOf(origin: Origin) {
  return {
    attribute_uuid: wellFormed(origin.attributeUuid),
    category: wellFormed(origin.category),
    comment: wellFormed(origin.comment),
    first_seen: rfc3339Of(origin.firstSeen),
    last_seen: rfc3339Of(origin.lastSeen),
    event: {
      id: origin.eventId,
      uuid: wellFormed(origin.eventUuid),
      info: wellFormed(origin.eventInfo),
      date: wellFormed(origin.eventDate),
    },
    organisation: wellFormed(origin.organisation),
    tags: origin.tags.map(wellFormed).sort(),
  };
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}
