import type { Attribute } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import { REASONS, type Reason } from "../model/verdict.ts";
import type { Show } from "./line.ts";
import type { Memory } from "./memory.ts";
import type { Standing, Standings } from "./standings.ts";

/** Reasons that pass by themselves when MISP goes on speaking. */
const PASSING: readonly Reason[] = ["unpublished", "settling", "event_unknown"];

/** Follows what was added and is not on a list, and says why, once for each reason. */
export class Waiting {
  readonly #memory: Memory;
  readonly #standings: Standings;
  readonly #show: Show;
  /** Attributes, with the reason that was last given for each. */
  readonly #watched = new Map<number, Reason | undefined>();

  constructor(memory: Memory, standings: Standings, show: Show) {
    this.#memory = memory;
    this.#standings = standings;
    this.#show = show;
  }

  /** Watches an attribute that is new or has another value; call it before `memory` takes the notice in. */
  notice(notice: Notice): void {
    if (notice.kind !== "attribute" || (notice.how !== "add" && notice.how !== "edit")) return;
    const { attribute } = notice;
    const before = this.#memory.attributes.get(attribute.id);
    if (!attribute.deleted && (!before || before.deleted || before.value !== attribute.value)) {
      this.#watched.set(attribute.id, undefined);
    }
  }

  /** Looks at the ledger again; call it a few times a second. */
  look(): void {
    const groups = new Map<string, { reason: Reason; standings: Standing[]; event: number }>();
    for (const [id, last] of this.#watched) {
      const attribute = this.#memory.attributes.get(id);
      const standing = attribute && this.#standingOf(attribute);
      // What is on the lists, or gone, is no longer waited for.
      if (!attribute || standing?.withheld === null) this.#watched.delete(id);
      if (!attribute || !standing?.withheld || standing.withheld === last || this.#passes(attribute, standing))
        continue;
      this.#watched.set(id, standing.withheld);
      const key = `${attribute.eventId} ${standing.withheld}`;
      const group = groups.get(key) ?? { reason: standing.withheld, standings: [], event: attribute.eventId };
      groups.set(key, { ...group, standings: [...group.standings, standing] });
    }
    for (const { reason, standings, event } of groups.values()) this.#tell(reason, standings, event);
  }

  #standingOf({ id, value }: Attribute): Standing | undefined {
    const halves = this.#standings.of([value, ...value.split("|")]);
    return halves.find(({ supports }) => supports.some(({ attribute }) => attribute === id));
  }

  /** That MISP's word of a publication is not confirmed yet lasts for a moment, and is not worth a line. */
  #passes({ eventId }: Attribute, { withheld }: Standing): boolean {
    return withheld === "unpublished" && this.#memory.events.get(eventId)?.published === true;
  }

  #tell(reason: Reason, standings: readonly Standing[], event: number): void {
    const [first] = standings;
    if (!first) return;
    const answer = `not listed${PASSING.includes(reason) ? " yet" : ""}: ${REASONS[reason]}`;
    if (standings.length === 1) this.#show({ kind: "decided", indicator: first, text: answer });
    else this.#show({ kind: "decided", text: `${standings.length} attributes of event ${event} are ${answer}` });
  }
}
