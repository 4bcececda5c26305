import type { Notice } from "../model/notice.ts";
import type { Memory } from "./memory.ts";

/** Beyond this many subjects the oldest are forgotten: a demonstration may run for days. */
const REMEMBERED = 5_000;

/** When the feed last spoke of something, milliseconds. */
export class HeardTimes {
  readonly #times = new Map<string, number>();

  /** Notes what a notice is about; call it before `memory` takes the notice in. */
  note(notice: Notice, memory: Memory, at: number): void {
    for (const subject of subjectsOf(notice, memory)) this.#put(subject, at);
  }

  /** The latest of the times that concern a value and those who hold it up; `undefined` when none is known. */
  latest(value: string, supports: readonly { attribute: number; event: number }[]): number | undefined {
    const subjects = supports.flatMap(({ attribute, event }) => [`attribute ${attribute}`, `event ${event}`]);
    const times = [`value ${value}`, ...subjects].flatMap((subject) => this.#times.get(subject) ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  #put(subject: string, at: number): void {
    // Deleted first, so that the order is that of the times.
    this.#times.delete(subject);
    this.#times.set(subject, at);
    const [oldest] = this.#times.keys();
    if (this.#times.size > REMEMBERED && oldest !== undefined) this.#times.delete(oldest);
  }
}

function subjectsOf(notice: Notice, memory: Memory): string[] {
  switch (notice.kind) {
    case "attribute":
      return notice.how === "add" || notice.how === "edit" ? attributeSubjects(notice.attribute.id, memory) : [];
    case "attribute-erased":
      return attributeSubjects(notice.id, memory);
    case "event":
      return notice.how === "heard" ? [`event ${notice.event.id}`] : [];
    case "event-deleted":
    case "published":
      return [`event ${notice.id}`];
    case "tag":
      return [`${notice.on} ${notice.id}`];
    case "sighting":
      return [`value ${memory.sighting(notice.sighting).value}`];
    case "sighting-deleted":
      return [`value ${memory.sighting(notice.id).value}`];
    default:
      return [];
  }
}

/** With the value that it had: after a change of it, nothing else ties the old one to the attribute. */
function attributeSubjects(id: number, memory: Memory): string[] {
  const before = memory.attributes.get(id)?.value;
  const values = before === undefined ? [] : [before, ...before.split("|")];
  return [`attribute ${id}`, ...values.map((value) => `value ${value}`)];
}
