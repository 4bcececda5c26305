import type { MispClient } from "./client.ts";
import {
  booleanAt,
  idAt,
  isObject,
  type Json,
  Malformed,
  numberOr,
  objectsAt,
  textAt,
  uuidAt,
  uuidOrNull,
} from "./coerce.ts";

/** What curation looks at: as much for an event of ten attributes as for one of a hundred thousand. */
export interface EventMetadata {
  id: number;
  uuid: string;
  /** The creator's UUID. */
  organisation: string | null;
  /** The creator is an organisation of this MISP. */
  isLocal: boolean;
  published: boolean;
  timestamp: number;
  attributes: number;
  tags: { name: string; local: boolean }[];
}

type Found = EventMetadata | undefined;

interface Waiting {
  resolve: (found: Found) => void;
  reject: (error: unknown) => void;
}

/** Requests under way at a time, and events in one of them. */
const AT_ONCE = 4;
const IN_ONE = 50;

/** Looks events up without their attributes: one by one while few are asked for, many in one request behind a rush. */
export class EventMetadataDesk {
  readonly #client: MispClient;
  readonly #signal: AbortSignal;
  readonly #asked = new Map<string, Waiting[]>();
  #underWay = 0;

  constructor(client: MispClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * An event as MISP has it now; `undefined`: MISP does not have it (yet).
   * @throws MispError when MISP cannot be asked
   */
  look(uuid: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#asked.set(uuid, [...(this.#asked.get(uuid) ?? []), { resolve, reject }]);
      // Whoever asks within the same turn goes into the same request.
      queueMicrotask(() => this.#next());
    });
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
    const query = { uuid: uuids.length === 1 ? uuids[0] : uuids, metadata: 1, includeAllTags: 1 };
    try {
      const rows = await this.#client.searchEvents(query, this.#signal);
      const found = new Map(rows.flatMap(metadataOf).map((event) => [event.uuid, event]));
      for (const [uuid, waiting] of batch) for (const { resolve } of waiting) resolve(found.get(uuid));
    } catch (error) {
      for (const waiting of batch.values()) for (const { reject } of waiting) reject(error);
    }
  }
}

/** An event that cannot be read is left out. */
function metadataOf(event: Json): EventMetadata[] {
  try {
    const creator = isObject(event.Orgc) ? event.Orgc : {};
    return [
      {
        id: idAt(event),
        uuid: uuidAt(event),
        organisation: uuidOrNull(creator),
        isLocal: booleanAt(creator, "local"),
        published: booleanAt(event, "published"),
        timestamp: numberOr(event, "timestamp", 0),
        attributes: numberOr(event, "attribute_count", 0),
        tags: objectsAt(event, "Tag").map((tag) => ({
          name: textAt(tag, "name", 255),
          local: booleanAt(tag, "local"),
        })),
      },
    ];
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}
