import { type Sighting, SightingType } from "../../src/model/misp.ts";
import { NOW } from "./an-attribute.ts";

/** A false-positive sighting of attribute 1 by another organisation, ten seconds ago; its UUID follows its number. */
export function aSighting(facts: Partial<Sighting> = {}): Sighting {
  const { id = 1 } = facts;
  return {
    id,
    uuid: `55555555-0000-4000-8000-${String(id).padStart(12, "0")}`,
    attributeId: 1,
    eventId: 1,
    type: SightingType.falsePositive,
    date: NOW - 10,
    organisationId: 2,
    source: "",
    about: undefined,
    ...facts,
  };
}
