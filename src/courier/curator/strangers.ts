import type { EventFacts } from "../../model/misp.ts";
import type { Notice } from "../../model/notice.ts";

/** After so many events all are forgotten: of one that is unknown MISP is asked. */
const LIMIT = 5_000;

/** Events of which the feed has told that nobody whom we trust wrote them: MISP need not be asked who did. */
export class Strangers {
  readonly #isTrusted: (organisation: string) => boolean;
  readonly #writers = new Map<string, string>();

  constructor(isTrusted: (organisation: string) => boolean) {
    this.#isTrusted = isTrusted;
  }

  heard(notices: readonly Notice[]): void {
    for (const notice of notices) if ("event" in notice && notice.event) this.#hear(notice.event);
  }

  has(uuid: string): boolean {
    const writer = this.#writers.get(uuid);
    return writer !== undefined && !this.#isTrusted(writer);
  }

  #hear({ uuid, creator }: EventFacts): void {
    if (creator.uuid === null || this.#writers.has(uuid)) return;
    if (this.#writers.size >= LIMIT) this.#writers.clear();
    this.#writers.set(uuid, creator.uuid);
  }
}
