import { randomUUID } from "node:crypto";
import { sightingMessage } from "./feed-bodies.ts";
import type { SightingInput } from "./inputs.ts";
import { HOST, type Instance } from "./instance.ts";
import type { AttributeRow, OrganisationRow, SightingRow } from "./rows.ts";

/** Adds one sighting to each attribute and announces each; events and attributes keep their timestamps. */
export function sight(
  instance: Instance,
  attributes: readonly AttributeRow[],
  input: SightingInput = {},
): SightingRow[] {
  const organisation = instance.store.organisation(input.organisation ?? HOST);
  return attributes.map((attribute) => {
    if (input.type === 2) replaceExpiration(instance, attribute, organisation);
    const sighting: SightingRow = {
      id: instance.store.nextId("sighting"),
      uuid: randomUUID(),
      attribute,
      organisation,
      type: input.type ?? 0,
      date: input.date ?? instance.now(),
      source: input.source ?? "",
    };
    instance.store.sightings.set(sighting.id, sighting);
    attribute.sightings.push(sighting);
    instance.emit("misp_json_sighting", () => sightingMessage(sighting, "add"));
    return sighting;
  });
}

/** Deletes a sighting and announces it. */
export function deleteSighting(instance: Instance, sighting: SightingRow): void {
  instance.emit("misp_json_sighting", () => sightingMessage(sighting, "delete"));
  forget(instance, sighting);
}

// An organisation's second expiration takes the place of its first, and no message says that the first is gone.
function replaceExpiration(instance: Instance, attribute: AttributeRow, by: OrganisationRow): void {
  const former = attribute.sightings.filter(({ type, organisation }) => type === 2 && organisation === by);
  for (const sighting of former) forget(instance, sighting);
}

function forget(instance: Instance, sighting: SightingRow): void {
  instance.store.sightings.delete(sighting.id);
  sighting.attribute.sightings = sighting.attribute.sightings.filter((other) => other !== sighting);
}
