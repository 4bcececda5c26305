import { sightedValue } from "../curation/split.ts";
import type { Sighting } from "../model/misp.ts";
import type { Moment, Tables } from "./tables.ts";

/** Sightings that the courier wrote itself begin their source with this and count for nothing here. */
export const OWN_SOURCE = "misp-courier";

/** A thumb, up or down; one that is known already changes nothing. */
export function hearSighting(tables: Tables, sighting: Sighting, { now }: Moment): void {
  const { sightings, attributes } = tables;
  if (sighting.source.startsWith(OWN_SOURCE) || sightings.get(sighting.id)) return;
  const about = attributes.get(sighting.attributeId) ?? sighting.about;
  if (!about) return;
  const value = sightedValue(about.type, about.value);
  // A date in the future would outvote everybody until then.
  sightings.add(sighting, value, Math.min(sighting.date, Math.floor(now / 1000)));
  touchSighted(tables, sighting.attributeId, value);
}

/** A thumb was taken back. */
export function hearSightingDeleted(tables: Tables, id: number): void {
  const known = tables.sightings.get(id);
  if (!known) return;
  tables.sightings.remove(id);
  touchSighted(tables, known.attribute, known.value);
}

function touchSighted({ attributes, indicators, judging }: Tables, attributeId: number, value: string | null): void {
  if (value !== null) {
    for (const row of indicators.withValue(value)) judging.touch(row);
    return;
  }
  const attribute = attributes.get(attributeId);
  if (attribute) judging.touchHeldBy(attribute);
}
