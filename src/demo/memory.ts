import { type Attribute, type Sighting, SightingType } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import { OWN_NAME } from "./cast.ts";
import { HOST } from "./stand-in/instance.ts";

/** What the audience remembers of an event. */
export interface RememberedEvent {
  info: string;
  creator: string;
  published: boolean;
}

/** What was said so far, to tell news from repetition and to give numbers a name. */
export class Memory {
  readonly events = new Map<number, RememberedEvent>();
  readonly attributes = new Map<number, Attribute>();
  readonly #sightings = new Map<number, Sighting>();
  readonly #organisations = new Map<number, string>([[HOST, OWN_NAME]]);

  /** Takes in what was said, after it was talked about. */
  remember(notice: Notice): void {
    switch (notice.kind) {
      case "event":
        this.#rememberEvent(notice);
        break;
      case "attribute":
        if (notice.how === "add" || notice.how === "edit") this.#rememberAttribute(notice.attribute);
        break;
      case "published":
        this.#markPublished(notice.id, true);
        break;
      case "event-deleted":
        this.#forgetEvent(notice.id);
        break;
      case "sighting":
        this.#sightings.set(notice.sighting.id, notice.sighting);
        break;
      case "organisation":
        if (notice.organisation.id !== HOST) {
          this.#organisations.set(notice.organisation.id, notice.organisation.name ?? "an organisation");
        }
        break;
    }
  }

  organisation(id: number): string {
    return this.#organisations.get(id) ?? `organisation ${id}`;
  }

  /** A sighting in words, and the value that it is about. */
  sighting(given: Sighting | number): { says: string; value: string; by: string } {
    const sighting = typeof given === "number" ? this.#sightings.get(given) : given;
    if (!sighting) return { says: "a sighting", value: "", by: "" };
    const value = this.attributes.get(sighting.attributeId)?.value ?? sighting.about?.value ?? "";
    return { says: SAID[sighting.type], value, by: this.organisation(sighting.organisationId) };
  }

  #rememberEvent({ event, how }: Extract<Notice, { kind: "event" }>): void {
    const known = this.events.get(event.id);
    if (known) known.info = event.info;
    else if (how !== "answer") {
      const creator = this.organisation(event.creator.id);
      this.events.set(event.id, { info: event.info, creator, published: false });
    }
  }

  /** A change of an attribute silently unpublishes its event. */
  #rememberAttribute(attribute: Attribute): void {
    this.attributes.set(attribute.id, attribute);
    this.#markPublished(attribute.eventId, false);
  }

  #markPublished(event: number, published: boolean): void {
    const known = this.events.get(event);
    if (known) known.published = published;
  }

  #forgetEvent(event: number): void {
    this.events.delete(event);
    for (const { id, eventId } of this.attributes.values()) if (eventId === event) this.attributes.delete(id);
  }
}

const SAID = {
  [SightingType.seen]: "thumbs-up (seen)",
  [SightingType.falsePositive]: "thumbs-down (false positive)",
  [SightingType.expired]: "an expiration",
} as const;
