/** What only REST can answer about an event. */
export interface Question {
  /** MISP's number; 0 where only the UUID is known. */
  eventId: number;
  uuid: string | undefined;
  /** Not only its own facts, but all that belongs to it. */
  whole: boolean;
  /** It is said to be published, which REST may not know yet. */
  published: boolean;
}

/** The questions that come up while messages are heard, one an event. */
export class Questions {
  readonly #pending = new Map<string, Question>();

  ask(eventId: number, uuid?: string, { whole = false, published = false } = {}): void {
    const key = uuid ?? String(eventId);
    const pending = this.#pending.get(key);
    const question = { eventId, uuid, whole: whole || !!pending?.whole, published: published || !!pending?.published };
    this.#pending.set(key, question);
  }

  /** Those that came up since this was last called. */
  take(): Question[] {
    const questions = [...this.#pending.values()];
    this.#pending.clear();
    return questions;
  }
}
