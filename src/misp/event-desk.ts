import { setTimeout as pause } from "node:timers/promises";
import type { MispClient } from "./client.ts";
import { type Json, uuidOrNull } from "./coerce.ts";
import { MispError } from "./errors.ts";

type Found = Json | undefined;

interface Waiting {
  resolve: (found: Found) => void;
  reject: (error: unknown) => void;
}

const FACTS = { metadata: 1, includeAllTags: 1 };
/** Requests under way at a time, and events in one of them. */
const AT_ONCE = 4;
const IN_ONE = 50;
/** How long to wait before asking again for an event that was announced, milliseconds. */
const NOT_SAVED_YET = [0, 100, 300, 1_000, 3_000];

/**
 * Looks up the own facts of events, without their attributes: one by one while few are asked for, many in one request behind
 * a rush, and one that several ask for at a time once.
 */
export class EventDesk {
  readonly #client: MispClient;
  readonly #signal: AbortSignal;
  readonly #asked = new Map<string, Waiting[]>();
  #underWay = 0;

  constructor(client: MispClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * An event as MISP's searches have it now; `undefined`: they do not find it (yet).
   * @throws MispError when MISP cannot be asked
   */
  look(uuid: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#asked.set(uuid, [...(this.#asked.get(uuid) ?? []), { resolve, reject }]);
      // Whoever asks within the same turn goes into the same request.
      setImmediate(() => this.#next());
    });
  }

  /** The same, waiting for an event that MISP speaks of until it has saved it; `undefined`: it does not come to that. */
  async lookOnceSaved(uuid: string): Promise<Found> {
    for (const wait of NOT_SAVED_YET) {
      if (wait > 0) await pause(wait, undefined, { signal: this.#signal });
      const found = await this.look(uuid);
      if (found) return found;
    }
    return undefined;
  }

  /** The same of an event of which only MISP's number is known. */
  async lookUp(eventId: number): Promise<Found> {
    try {
      const [found] = await this.#search({ eventid: eventId });
      return found;
    } catch (error) {
      if (!isSearchRefused(error)) throw error;
      return await this.#client.viewEvent(eventId, this.#signal);
    }
  }

  #next(): void {
    while (this.#underWay < AT_ONCE && this.#asked.size > 0) {
      const batch = new Map([...this.#asked].slice(0, IN_ONE));
      for (const uuid of batch.keys()) this.#asked.delete(uuid);
      this.#underWay += 1;
      void this.#ask(batch).finally(() => {
        this.#underWay -= 1;
        this.#next();
      });
    }
  }

  async #ask(batch: ReadonlyMap<string, Waiting[]>): Promise<void> {
    const uuids = [...batch.keys()];
    try {
      const rows = await this.#search({ uuid: uuids.length === 1 ? uuids[0] : uuids });
      const found = new Map(rows.map((event) => [uuidOrNull(event), event]));
      for (const [uuid, waiting] of batch) for (const { resolve } of waiting) resolve(found.get(uuid));
    } catch (error) {
      if (isSearchRefused(error)) return await this.#view(batch);
      for (const waiting of batch.values()) for (const { reject } of waiting) reject(error);
    }
  }

  #search(query: Json): Promise<Json[]> {
    return this.#client.searchEvents({ ...FACTS, ...query }, this.#signal);
  }

  /**
   * A role with a limit on searches, which may be 0, may look at each event all the same. One that is too big for MISP to show is no
   * harm to those beside it.
   */
  async #view(batch: ReadonlyMap<string, Waiting[]>): Promise<void> {
    for (const [uuid, waiting] of batch) {
      try {
        const found = await this.#client.viewEvent(uuid, this.#signal);
        for (const { resolve } of waiting) resolve(found);
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
  }
}

function isSearchRefused(error: unknown): boolean {
  return error instanceof MispError && (error.meaning === "unknown" || error.status === 429);
}
