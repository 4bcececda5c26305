import { createHash, randomUUID } from "node:crypto";
import { joinValue, splitValue } from "./attribute-defaults.ts";
import type { AttributeRow, EventRow, OrganisationRow, SightingRow, TagRow, WarninglistRow } from "./rows.ts";

/** The tables of the stand-in with the indexes that its searches need. Ids count up from 1 and are never used again. */
export class Store {
  readonly organisations = new Map<number, OrganisationRow>();
  readonly events = new Map<number, EventRow>();
  readonly attributes = new Map<number, AttributeRow>();
  readonly sightings = new Map<number, SightingRow>();
  readonly tags = new Map<string, TagRow>();
  readonly warninglists = new Map<number, WarninglistRow>();
  /** The uuids of deleted events, which MISP refuses to take again. */
  readonly blocked = new Set<string>();
  /** Counts changes, so that answers may be remembered between two of them. */
  version = 0;
  readonly #uuids = new Map<string, EventRow | AttributeRow>();
  readonly #values = new Map<string, Set<AttributeRow>>();
  readonly #lastIds = new Map<string, number>();

  /** The next id of a table. */
  nextId(table: "organisation" | "event" | "attribute" | "sighting" | "tag" | "link"): number {
    const id = (this.#lastIds.get(table) ?? 0) + 1;
    this.#lastIds.set(table, id);
    return id;
  }

  /** @throws Error when there is no such organisation */
  organisation(id: number): OrganisationRow {
    return known(this.organisations.get(id), `organisation ${id}`);
  }

  /** @throws Error when there is no such event */
  event(id: number): EventRow {
    return known(this.events.get(id), `event ${id}`);
  }

  /** @throws Error when there is no such attribute; a soft-deleted one is still there */
  attribute(id: number): AttributeRow {
    return known(this.attributes.get(id), `attribute ${id}`);
  }

  /** The event or attribute of a uuid. */
  withUuid(uuid: string): EventRow | AttributeRow | undefined {
    return this.#uuids.get(uuid);
  }

  /** All attributes, deleted ones too, whose value or one half of it is exactly this. */
  withValue(value: string): AttributeRow[] {
    return [...(this.#values.get(value) ?? [])];
  }

  /** Adds an organisation under the next id. */
  addOrganisation(name: string, uuid: string | undefined, local: boolean, created: number): OrganisationRow {
    const id = this.nextId("organisation");
    const organisation = { id, uuid: uuid ?? randomUUID(), name, local, created };
    this.organisations.set(id, organisation);
    return organisation;
  }

  /** Adds a tag; its colour follows from its name. */
  addTag(name: string): TagRow {
    const colour = `#${createHash("sha1").update(name).digest("hex").slice(0, 6)}`;
    const tag = { id: this.nextId("tag"), name, colour };
    this.tags.set(name, tag);
    return tag;
  }

  /** Puts a new event into the tables. */
  addEvent(event: EventRow): void {
    this.events.set(event.id, event);
    this.#uuids.set(event.uuid, event);
  }

  /** Forgets an event with all that is in it and blocks its uuid. */
  removeEvent(event: EventRow): void {
    for (const attribute of [...event.attributes]) this.removeAttribute(attribute);
    this.events.delete(event.id);
    this.#uuids.delete(event.uuid);
    this.blocked.add(event.uuid);
  }

  /** Puts a new attribute into the tables and its event. */
  addAttribute(attribute: AttributeRow): void {
    this.attributes.set(attribute.id, attribute);
    this.#uuids.set(attribute.uuid, attribute);
    attribute.event.attributes.add(attribute);
    attribute.event.attributeCount += 1;
    for (const value of shownValues(attribute)) this.#indexed(value).add(attribute);
  }

  /** Gives an attribute another type or value. */
  changeValue(attribute: AttributeRow, type: string, value: string): void {
    for (const old of shownValues(attribute)) this.#values.get(old)?.delete(attribute);
    Object.assign(attribute, { type, ...splitValue(type, value) });
    for (const now of shownValues(attribute)) this.#indexed(now).add(attribute);
  }

  /** Forgets an attribute with its sightings. */
  removeAttribute(attribute: AttributeRow): void {
    for (const sighting of attribute.sightings) this.sightings.delete(sighting.id);
    for (const value of shownValues(attribute)) this.#values.get(value)?.delete(attribute);
    this.attributes.delete(attribute.id);
    this.#uuids.delete(attribute.uuid);
    attribute.event.attributes.delete(attribute);
    if (!attribute.deleted) attribute.event.attributeCount -= 1;
  }

  #indexed(value: string): Set<AttributeRow> {
    const rows = this.#values.get(value) ?? new Set<AttributeRow>();
    this.#values.set(value, rows);
    return rows;
  }
}

function shownValues(attribute: AttributeRow): Set<string> {
  const values = new Set([attribute.value1, joinValue(attribute)]);
  if (attribute.value2 !== "") values.add(attribute.value2);
  return values;
}

function known<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw new Error(`The stand-in has no ${what}`);
  return row;
}
