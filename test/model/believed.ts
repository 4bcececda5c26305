/** A tag, sighting, attribute or event of the naive model; times are Unix seconds, `turn` counts what happened. */
export interface ModelAttribute {
  id: number;
  event: ModelEvent;
  type: string;
  value: string;
  toIds: boolean;
  comment: string;
  deleted: boolean;
  timestamp: number;
  /** The turn of its last change. */
  changed: number;
  /** By name, whether it is a local one: these leave no trace in its times. */
  tags: Map<string, boolean>;
  /** Indicators that it holds up when nothing of what happened is lost: what is out stays out until a rule removes it. */
  out: Set<string>;
  /** Indicators that it had at any moment of the second of its last change. */
  ofSecond: Set<string>;
  /** Indicators that it had when its event was published, or in the second of its last change before that. */
  everOut: Set<string>;
}

export interface ModelEvent {
  id: number;
  published: boolean;
  /** The turn of its last publication. */
  publishedAt: number;
  publishTimestamp: number;
  tags: Set<string>;
}

export interface ModelSighting {
  id: number;
  attribute: ModelAttribute;
  type: 0 | 1 | 2;
  date: number;
}

/** All that a MISP holds, as plain as it can be said. */
export class Believed {
  readonly attributes = new Map<number, ModelAttribute>();
  readonly events = new Map<number, ModelEvent>();
  readonly sightings = new Map<number, ModelSighting>();
  turn = 0;

  addEvent(id: number, tags: readonly string[]): void {
    this.events.set(id, { id, published: false, publishedAt: 0, publishTimestamp: 0, tags: new Set(tags) });
  }

  addAttribute(
    id: number,
    event: number,
    facts: Pick<ModelAttribute, "type" | "value" | "toIds">,
    tags: readonly string[],
    now: number,
  ): void {
    const blank = { comment: "", deleted: false, timestamp: now, changed: this.turn };
    const sets = {
      tags: new Map(tags.map((tag) => [tag, false] as const)),
      out: new Set<string>(),
      ofSecond: new Set<string>(),
      everOut: new Set<string>(),
    };
    this.attributes.set(id, { id, event: this.event(event), ...facts, ...blank, ...sets });
    this.event(event).published = false;
  }

  edit(
    id: number,
    changes: Partial<Pick<ModelAttribute, "value" | "toIds" | "comment" | "deleted">>,
    now: number,
  ): void {
    const attribute = this.attribute(id);
    if (now > attribute.timestamp) attribute.ofSecond.clear();
    Object.assign(attribute, changes, { timestamp: now, changed: this.turn });
    attribute.event.published = false;
  }

  erase(id: number): void {
    this.attribute(id).event.published = false;
    this.#forget(id);
  }

  deleteEvent(id: number): void {
    for (const attribute of [...this.attributes.values()]) if (attribute.event.id === id) this.#forget(attribute.id);
    this.events.delete(id);
  }

  publish(id: number, now: number): void {
    Object.assign(this.event(id), { published: true, publishedAt: this.turn, publishTimestamp: now });
  }

  event(id: number): ModelEvent {
    return there(this.events.get(id));
  }

  attribute(id: number): ModelAttribute {
    return there(this.attributes.get(id));
  }

  #forget(attribute: number): void {
    this.attributes.delete(attribute);
    for (const { id, attribute: sighted } of [...this.sightings.values()]) {
      if (sighted.id === attribute) this.sightings.delete(id);
    }
  }
}

function there<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error("the model does not have that");
  return thing;
}
