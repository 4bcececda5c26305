import type { Occasion } from "./event-turns.ts";

/** An event that could not be curated, or only in part. */
export interface HeldEvent {
  id: number | undefined;
  /** Why, for people. */
  reason: string;
  how: Occasion["how"];
  /** When it is to be looked at again, milliseconds. */
  next: number;
}

export interface HeldEventsOptions {
  /** As `save` was given it last; `undefined`: nothing was saved. */
  saved: string | undefined;
  save: (text: string) => void;
  /** Takes an event for which there is no room here. */
  leave: (uuid: string) => void;
}

/** So many are remembered here. */
const MOST = 1_000;
/** Nothing waits for longer than this, milliseconds. */
const LONGEST = 600_000;

/** Events that wait for something: a right, MISP, a gate. Remembered over a restart. */
export class HeldEvents {
  readonly #options: HeldEventsOptions;
  readonly #held: Map<string, HeldEvent>;
  #hasLeft = false;

  constructor(options: HeldEventsOptions) {
    const { saved } = options;
    this.#options = options;
    const entries: [string, HeldEvent][] = saved === undefined ? [] : JSON.parse(saved);
    this.#held = new Map(entries.map(([uuid, held]) => [uuid, { ...held, next: 0 }]));
  }

  /** @returns true when that is news */
  hold(uuid: string, held: HeldEvent): boolean {
    const isNews = this.#held.get(uuid)?.reason !== held.reason;
    this.#held.set(uuid, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MOST && oldest !== undefined) this.#leave(oldest);
    if (isNews) this.#store();
    return isNews;
  }

  letGo(uuid: string): void {
    if (this.#held.delete(uuid)) this.#store();
  }

  /** Those whose time has come. */
  due(now: number): [uuid: string, held: HeldEvent][] {
    // What waits for longer was held by a clock that was ahead.
    return [...this.#held].filter(([, { next }]) => next <= now || next > now + LONGEST);
  }

  /** The one that MISP calls by this number. */
  numbered(id: number): [uuid: string, held: HeldEvent] | undefined {
    for (const entry of this.#held) if (entry[1].id === id) return entry;
    return undefined;
  }

  /** Whether those that were left may come back, since others wait no longer; once for all that were left so far. */
  hasRoomAgain(): boolean {
    if (!this.#hasLeft || this.#held.size > MOST / 2) return false;
    this.#hasLeft = false;
    return true;
  }

  #leave(uuid: string): void {
    this.#held.delete(uuid);
    this.#hasLeft = true;
    this.#options.leave(uuid);
  }

  #store(): void {
    this.#options.save(JSON.stringify([...this.#held]));
  }
}
