import type { Notice } from "../model/notice.ts";

/** More than this are not kept in mind; the oldest go. */
const MOST = 1_000;
/** Longer names, characters, are not kept in mind: nobody shows all of them. */
const LONGEST = 1_000;

/** Remembers what events are called, so that a number has a name. */
export class EventNames {
  readonly #names = new Map<number, string>();

  note(notice: Notice): void {
    const event = "event" in notice ? notice.event : undefined;
    if (!event?.info || this.#names.get(event.id) === event.info) return;
    if (event.info.length > LONGEST) return;
    this.#names.set(event.id, event.info);
    const [oldest] = this.#names.keys();
    if (this.#names.size > MOST && oldest !== undefined) this.#names.delete(oldest);
  }

  of(event: number): string | undefined {
    return this.#names.get(event);
  }
}
