import type { Sayings } from "../curation/judge.ts";
import type { Knowledge } from "../curation/knowledge.ts";
import { NO_THUMBS, type Thumbs } from "../curation/thumbs.ts";
import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";
import type { Sightings, VoiceRow } from "./sightings.ts";

/** Where nobody said anything. */
export const SILENCE: Sayings = { thumbs: NO_THUMBS, voices: [] };

/** What tells the voices apart: whose the key is, and whom to trust. */
export type Acquaintances = Pick<Knowledge, "ownOrganisation" | "trust">;

/** What sightings say, and how much those who gave them have to say. */
export class Opinions {
  readonly #sightings: Sightings;
  readonly #organisation: Statement<{ uuid: string | null }>;

  constructor(database: Database, sightings: Sightings) {
    this.#sightings = sightings;
    this.#organisation = database.prepare("SELECT uuid FROM organisation WHERE id = ?");
  }

  /** Of a value, wherever it occurs. */
  ofValue(value: string, known: Acquaintances): Sayings {
    return this.#named(this.#sightings.thumbsOfValue(value), () => this.#sightings.voicesOfValue(value), known);
  }

  /** Of one attribute alone. */
  ofAttribute(id: number, known: Acquaintances): Sayings {
    return this.#named(this.#sightings.thumbsOfAttribute(id), () => this.#sightings.voicesOfAttribute(id), known);
  }

  /** When the last word against a value was heard, milliseconds. */
  downHeard(value: string): number {
    return this.#sightings.downHeard(value);
  }

  /** Who spoke is only looked up where anybody did. */
  #named(thumbs: Thumbs, voices: () => VoiceRow[], { ownOrganisation, trust }: Acquaintances): Sayings {
    if (thumbs.seen + thumbs.falsePositive + thumbs.expired === 0) return SILENCE;
    const named = voices().map((voice) => {
      const uuid = this.#organisation.get(voice.organisation)?.uuid;
      return { ...voice, own: voice.organisation === ownOrganisation, trusted: !!uuid && trust.trustOf(uuid) !== null };
    });
    return { thumbs, voices: named };
  }
}
