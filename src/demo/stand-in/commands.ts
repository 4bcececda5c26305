import { addAttributes, editAttribute, hardDelete, restoreAttribute, softDelete } from "./attribute-changes.ts";
import { createEvent, deleteEvent, editEvent, publish, pushToZeromq, unpublish } from "./event-changes.ts";
import { organisationMessage } from "./feed-bodies.ts";
import type {
  AttributeChanges,
  AttributeInput,
  EventChanges,
  EventInput,
  PulledEvent,
  Reference,
  SightingInput,
  WarninglistInput,
} from "./inputs.ts";
import { HOST, type Instance } from "./instance.ts";
import type { EventRow } from "./rows.ts";
import { pullFromServer } from "./server-pull.ts";
import { deleteSighting, sight } from "./sighting-changes.ts";
import { attachTag, detachTag, renameTag } from "./tag-changes.ts";
import { setWarninglist } from "./warninglists.ts";

/** An event that a command made, with its attributes in the order given. */
export interface EventReference extends Reference {
  attributes: Reference[];
}

/**
 * What people and other servers do to a MISP. Each command changes the tables at once and queues the messages that MISP
 * would send, in MISP's order. Events, attributes, sightings and organisations are named by their local numbers; an
 * unknown number throws.
 */
export class Commands {
  protected readonly instance: Instance;

  protected constructor(instance: Instance) {
    this.instance = instance;
  }

  addOrganisation(input: { name: string; uuid?: string; local?: boolean }): Reference {
    const { store, now, emit } = this.instance;
    const organisation = store.addOrganisation(input.name, input.uuid, input.local ?? false, now());
    emit("misp_json_organisation", () => organisationMessage(organisation, false));
    return nameOf(organisation);
  }

  addEvent({ organisation = HOST, ...input }: EventInput): EventReference {
    return contentsOf(createEvent(this.instance, input, this.instance.store.organisation(organisation)));
  }

  editEvent(event: number, changes: EventChanges): void {
    editEvent(this.instance, this.instance.store.event(event), changes);
  }

  deleteEvent(event: number): void {
    deleteEvent(this.instance, this.instance.store.event(event));
  }

  publish(event: number): void {
    publish(this.instance, this.instance.store.event(event));
  }

  unpublish(event: number): void {
    unpublish(this.instance, this.instance.store.event(event));
  }

  pushToZeromq(event: number): void {
    pushToZeromq(this.instance, this.instance.store.event(event));
  }

  pullFromServer(pulled: PulledEvent): EventReference {
    return contentsOf(pullFromServer(this.instance, pulled));
  }

  addAttribute(event: number, input: AttributeInput): Reference {
    const [attribute = { id: 0, uuid: "" }] = this.addAttributes(event, [input]);
    return attribute;
  }

  addAttributes(event: number, inputs: readonly AttributeInput[]): Reference[] {
    return addAttributes(this.instance, this.instance.store.event(event), inputs).map(nameOf);
  }

  editAttribute(attribute: number, changes: AttributeChanges): void {
    editAttribute(this.instance, this.instance.store.attribute(attribute), changes);
  }

  softDelete(attribute: number): void {
    softDelete(this.instance, this.instance.store.attribute(attribute));
  }

  hardDelete(attribute: number): void {
    hardDelete(this.instance, this.instance.store.attribute(attribute));
  }

  restore(attribute: number): void {
    restoreAttribute(this.instance, this.instance.store.attribute(attribute));
  }

  /** Attaches a tag; false when it was there already, which nothing announces. */
  tagEvent(event: number, name: string, options: { local?: boolean } = {}): boolean {
    return attachTag(this.instance, this.instance.store.event(event), name, options.local ?? false);
  }

  /** Detaches a tag; false when it was not there. */
  untagEvent(event: number, name: string): boolean {
    return detachTag(this.instance, this.instance.store.event(event), name) !== undefined;
  }

  /** Attaches a tag; false when it was there already, which nothing announces. */
  tagAttribute(attribute: number, name: string, options: { local?: boolean } = {}): boolean {
    return attachTag(this.instance, this.instance.store.attribute(attribute), name, options.local ?? false);
  }

  /** Detaches a tag; false when it was not there. */
  untagAttribute(attribute: number, name: string): boolean {
    return detachTag(this.instance, this.instance.store.attribute(attribute), name) !== undefined;
  }

  /** Gives a tag another name, on all that bears it. */
  renameTag(name: string, renamed: string): void {
    renameTag(this.instance, name, renamed);
  }

  /** Sights one attribute, or every attribute of which the value or one half of it is this. */
  sight(target: number | { value: string }, input: SightingInput = {}): Reference[] {
    const { store } = this.instance;
    const attributes = typeof target === "number" ? [store.attribute(target)] : store.withValue(target.value);
    return sight(this.instance, attributes, input).map(nameOf);
  }

  deleteSighting(sighting: number): void {
    const row = this.instance.store.sightings.get(sighting);
    if (!row) throw new Error(`The stand-in has no sighting ${sighting}`);
    deleteSighting(this.instance, row);
  }

  setWarninglist(input: WarninglistInput): void {
    setWarninglist(this.instance, input);
  }
}

function nameOf({ id, uuid }: Reference): Reference {
  return { id, uuid };
}

function contentsOf(event: EventRow): EventReference {
  return { ...nameOf(event), attributes: [...event.attributes].map(nameOf) };
}
