import { indicatorsOf } from "../curation/split.ts";
import { type Indicator, nameOf } from "../model/indicator.ts";
import type { Notice } from "../model/notice.ts";

/** When something was said: by MISP's own word and by our clock, both milliseconds. */
export interface Moment {
  /** MISP's times are whole seconds; `undefined` where the message has none. */
  misp: number | undefined;
  heard: number;
}

interface Subject {
  moment: Moment;
  event: number;
  attribute: number;
  /** When what each target was last brought up for was heard. */
  told: Map<string, number>;
}

/** More than this many indicators are not kept in mind; the oldest go. */
const MOST = 5_000;
/** So many are noted of one batch: of a flood a sample is enough. */
const SAMPLE = 100;
/** Longer values, characters, are not kept in mind: thousands of texts of 64 kB each are no sample but a burden. */
const LONGEST = 2_000;

/** Remembers when the feed last spoke of an indicator, to tell how long it took to be where it belongs. */
export class Moments {
  readonly #subjects = new Map<string, Subject>();
  readonly #attributes = new Map<number, string[]>();
  readonly #events = new Map<number, Moment>();

  /** Notes what the feed said, at `heard` milliseconds. */
  note(notices: readonly Notice[], heard: number): void {
    let left = SAMPLE;
    for (const notice of notices) {
      if (left === 0) return;
      if (this.#noteOne(notice, heard)) left -= 1;
    }
  }

  /** The moment that brought an indicator to a target, or off it; once for each, `undefined` when none is known. */
  take(indicator: Indicator, target: string): Moment | undefined {
    const subject = this.#subjects.get(nameOf(indicator));
    if (!subject) return undefined;
    const ofEvent = this.#events.get(subject.event);
    const moment = ofEvent && ofEvent.heard > subject.moment.heard ? ofEvent : subject.moment;
    if (subject.told.get(target) === moment.heard) return undefined;
    subject.told.set(target, moment.heard);
    return moment;
  }

  #noteOne(notice: Notice, heard: number): boolean {
    switch (notice.kind) {
      case "attribute":
        if (notice.how !== "add" && notice.how !== "edit") return false;
        this.#noteAttribute(notice.attribute, heard);
        return true;
      case "sighting":
        if (notice.how !== "heard") return false;
        return this.#touch(notice.sighting.attributeId, { heard, misp: notice.sighting.date * 1000 });
      case "attribute-erased":
        return this.#touch(notice.id, { heard, misp: undefined });
      case "tag":
        if (notice.on === "attribute") return this.#touch(notice.id, { heard, misp: undefined });
        return this.#noteEvent(notice.eventId, { heard, misp: undefined });
      case "published":
      case "event-deleted":
        return this.#noteEvent(notice.id, { heard, misp: undefined });
      default:
        return false;
    }
  }

  #noteAttribute({ id, type, value, eventId: event, timestamp }: NoticedAttribute, heard: number): void {
    const moment = { heard, misp: timestamp * 1000 };
    // With the values that it had: nothing else ties the old one to the attribute.
    this.#touch(id, moment);
    const names = value.length > LONGEST ? [] : indicatorsOf(type, value).map(nameOf);
    for (const name of names) {
      const told = this.#subjects.get(name)?.told ?? new Map<string, number>();
      keep(this.#subjects, name, { moment, event, attribute: id, told });
    }
    keep(this.#attributes, id, names);
  }

  #touch(attribute: number, moment: Moment): boolean {
    const names = this.#attributes.get(attribute) ?? [];
    for (const name of names) {
      const subject = this.#subjects.get(name);
      if (subject) subject.moment = moment;
    }
    return names.length > 0;
  }

  #noteEvent(event: number, moment: Moment): boolean {
    keep(this.#events, event, moment);
    return true;
  }
}

type NoticedAttribute = Extract<Notice, { kind: "attribute" }>["attribute"];

function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  // Deleted first, so that the order is that of the last word.
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
