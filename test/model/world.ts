import type { Commands } from "../../src/demo/stand-in/commands.ts";
import { type Action, type ActionOf, VALUES } from "./actions.ts";
import { Believed, type ModelAttribute, type ModelEvent } from "./believed.ts";
import { type Desired, desired, follow, type OracleRules } from "./oracle.ts";

/** A stand-in MISP and the naive model of it, to which the same things happen. */
export class World {
  readonly misp: Commands;
  readonly model = new Believed();
  readonly #rules: OracleRules;
  readonly #clock: () => number;
  /** What was ever to be on a list, and what a rule took off again after it had been on. */
  readonly everWanted = new Set<string>();
  readonly withdrawn = new Set<string>();
  #before: ReadonlySet<string> = new Set();

  constructor(misp: Commands, rules: OracleRules, clock: () => number) {
    this.misp = misp;
    this.#rules = rules;
    this.#clock = clock;
  }

  /** Does it to both; the oracle has followed before the stand-in says anything of it. */
  perform(action: Action): void {
    this.model.turn += 1;
    this.#do(action);
    this.settle();
  }

  /** Publishes every event. */
  publishAll(): void {
    for (const id of this.model.events.keys()) {
      this.model.turn += 1;
      this.#publish(id);
    }
    this.settle();
  }

  desired(): Desired {
    return desired(this.model, this.#rules, this.#seconds());
  }

  /** Looks at what is to be held now; time alone may have changed it. */
  settle(): void {
    follow(this.model, this.#rules);
    const { exactly, atLeast, atMost } = this.desired();
    for (const key of atMost) this.everWanted.add(key);
    for (const key of this.#before) if (!exactly.has(key) || !atLeast.has(key)) this.withdrawn.add(key);
    this.#before = exactly;
  }

  #seconds(): number {
    return Math.floor(this.#clock() / 1000);
  }

  #do(action: Action): void {
    switch (action.does) {
      case "add event":
        this.#addEvent(action);
        break;
      case "add attribute":
        this.#addAttribute(action);
        break;
      case "edit value":
      case "edit to_ids":
      case "edit comment":
      case "tag attribute":
      case "untag attribute":
      case "sight":
        this.#withAttribute(action);
        break;
      case "soft delete":
      case "hard delete":
      case "restore":
        this.#takeAway(action);
        break;
      case "delete sighting":
        this.#deleteSighting(action.pick);
        break;
      default:
        this.#withEvent(action);
    }
  }

  #addEvent({ attributes, tags }: ActionOf<"add event">): void {
    const event = this.misp.addEvent({ info: "history", attributes, tags });
    this.model.addEvent(event.id, tags);
    attributes.forEach((attribute, index) => {
      const id = event.attributes[index]?.id ?? 0;
      this.model.addAttribute(id, event.id, attribute, [], this.#seconds());
    });
  }

  #addAttribute({ pick, attribute, tags }: ActionOf<"add attribute">): void {
    const event = one([...this.model.events.keys()], pick);
    if (event === undefined) return;
    const { id } = this.misp.addAttribute(event, { ...attribute, tags });
    this.model.addAttribute(id, event, attribute, tags, this.#seconds());
  }

  #withAttribute(
    action: ActionOf<"edit value" | "edit to_ids" | "edit comment" | "tag attribute" | "untag attribute" | "sight">,
  ): void {
    const attribute = one(this.#attributes(false), action.pick);
    if (!attribute) return;
    const { id } = attribute;
    if (action.does === "sight") this.#sight(attribute, action);
    else if (action.does === "tag attribute") this.#tagAttribute(attribute, action.tag, action.local);
    else if (action.does === "untag attribute") this.#untagAttribute(attribute, action.tag);
    else {
      const changes = this.#changes(attribute, action);
      if (!changes) return;
      this.misp.editAttribute(id, changes);
      this.model.edit(id, changes, this.#seconds());
    }
  }

  #changes(
    attribute: ModelAttribute,
    action: ActionOf<"edit value" | "edit to_ids" | "edit comment">,
  ): Partial<Pick<ModelAttribute, "value" | "toIds" | "comment">> | undefined {
    if (action.does === "edit to_ids") return { toIds: action.toIds };
    if (action.does === "edit comment") return { comment: action.comment };
    // MISP ties a sighting to the attribute and not to the value that somebody looked at: afterwards nobody can tell.
    const sighted = [...this.model.sightings.values()].some(({ attribute: { id } }) => id === attribute.id);
    const value = one(VALUES[attribute.type] ?? [], action.to);
    return sighted || value === undefined ? undefined : { value };
  }

  #sight(attribute: ModelAttribute, { type, ago }: ActionOf<"sight">): void {
    const date = this.#seconds() - ago;
    const [sighting] = this.misp.sight(attribute.id, { type, date });
    for (const former of [...this.model.sightings.values()]) {
      if (type === 2 && former.type === 2 && former.attribute === attribute) this.model.sightings.delete(former.id);
    }
    const id = sighting?.id ?? 0;
    this.model.sightings.set(id, { id, attribute, type, date });
  }

  #tagAttribute(attribute: ModelAttribute, tag: string, local: boolean): void {
    if (!this.misp.tagAttribute(attribute.id, tag, { local })) return;
    attribute.tags.set(tag, local);
    if (!local) this.model.edit(attribute.id, {}, this.#seconds());
  }

  #untagAttribute(attribute: ModelAttribute, tag: string): void {
    if (!this.misp.untagAttribute(attribute.id, tag)) return;
    if (!attribute.tags.get(tag)) this.model.edit(attribute.id, {}, this.#seconds());
    attribute.tags.delete(tag);
  }

  #takeAway({ does, pick }: ActionOf<"soft delete" | "hard delete" | "restore">): void {
    const candidates =
      does === "hard delete" ? [...this.model.attributes.values()] : this.#attributes(does === "restore");
    const id = one(candidates, pick)?.id;
    if (id === undefined) return;
    if (does === "hard delete") {
      this.misp.hardDelete(id);
      this.model.erase(id);
    } else {
      if (does === "restore") this.misp.restore(id);
      else this.misp.softDelete(id);
      this.model.edit(id, { deleted: does === "soft delete" }, this.#seconds());
    }
  }

  #deleteSighting(pick: number): void {
    const id = one([...this.model.sightings.keys()], pick);
    if (id === undefined) return;
    this.misp.deleteSighting(id);
    this.model.sightings.delete(id);
  }

  #withEvent(
    action: ActionOf<"publish" | "unpublish" | "edit event" | "delete event" | "tag event" | "untag event">,
  ): void {
    const event = one([...this.model.events.values()], action.pick);
    if (!event) return;
    const { misp, model } = this;
    switch (action.does) {
      case "publish":
        this.#publish(event.id);
        break;
      case "unpublish":
        misp.unpublish(event.id);
        event.published = false;
        break;
      case "edit event":
        misp.editEvent(event.id, { info: `history, turn ${model.turn}` });
        event.published = false;
        break;
      case "delete event":
        misp.deleteEvent(event.id);
        model.deleteEvent(event.id);
        break;
      default:
        this.#tagEvent(event, action);
    }
  }

  #tagEvent(event: ModelEvent, action: ActionOf<"tag event" | "untag event">): void {
    const { tag } = action;
    if (action.does === "untag event") {
      if (!this.misp.untagEvent(event.id, tag)) return;
      event.tags.delete(tag);
      event.published = false;
    } else if (this.misp.tagEvent(event.id, tag, { local: action.local })) {
      event.tags.add(tag);
      if (!action.local) event.published = false;
    }
  }

  #publish(event: number): void {
    this.misp.publish(event);
    this.model.publish(event, this.#seconds());
  }

  #attributes(deleted: boolean): ModelAttribute[] {
    return [...this.model.attributes.values()].filter((attribute) => attribute.deleted === deleted);
  }
}

function one<Thing>(things: readonly Thing[], pick: number): Thing | undefined {
  return things[pick % Math.max(things.length, 1)];
}
