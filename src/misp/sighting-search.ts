import type { SightedEvent } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import type { SensorSighting } from "../model/sensed.ts";
import { sightingOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { idAt, isObject, type Json, objectsAt } from "./coerce.ts";
import { MispError, readAnswer } from "./errors.ts";

const PATH = "/sightings/restSearch";
/** Of so many events it is asked whether they still have the sightings that an empty list does not have. */
const MOST_ASKED = 20;

/**
 * All sightings with dates in a span (Unix seconds) that the key may see, and the list of them. One that cannot be read is left
 * out, and stays as it is known. A list without any is believed where the events that had some show none either.
 * @param known what it should have
 * @throws MispError `garbled` when one has no number, or the list has none and an event has: those that are there would look deleted
 */
export async function searchSightings(
  client: MispClient,
  { from, to }: { from: number; to: number },
  known: () => readonly SightedEvent[],
  signal: AbortSignal,
): Promise<Notice[]> {
  const rows = await client.searchSightings({ from, to }, signal);
  const ids = new Set(readAnswer(PATH, () => rows.map((row) => idAt(row))));
  if (ids.size === 0) {
    for (const { event, sightings } of known().slice(0, MOST_ASKED)) {
      const shown = await sightingsWith(client, event, signal);
      if (sightings.some((id) => shown.has(id)))
        throw new MispError("garbled", `${PATH} lacks sightings that MISP has`);
    }
  }
  return [...rows.flatMap(readable), { kind: "sightings-listed", from, to, ids }];
}

/** The numbers of the sightings that an event has, as MISP shows it whole. */
async function sightingsWith(client: MispClient, event: string, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const body = await client.viewEvent(event, signal);
  if (!body) return new Set();
  const attributes = [body, ...objectsAt(body, "Object")].flatMap((part) => objectsAt(part, "Attribute"));
  return new Set(attributes.flatMap((attribute) => objectsAt(attribute, "Sighting").map(({ id }) => Number(id))));
}

function readable(row: Json): Notice[] {
  try {
    return [{ kind: "sighting", sighting: sightingOf(row), how: "answer" }];
  } catch {
    return [];
  }
}

/** Whether MISP has a sighting with all of this. */
export async function hasSighting(client: MispClient, sought: SensorSighting, signal: AbortSignal): Promise<boolean> {
  const { subject, attribute, type, date, source } = sought;
  const rows = await client.searchSightings({ from: date, to: date, type, source }, signal);
  return rows.some((row) => {
    const about = isObject(row.Attribute) ? row.Attribute : {};
    if (attribute !== null) return String(about.uuid).toLowerCase() === attribute.toLowerCase();
    const value = String(about.value ?? row.value).toLowerCase();
    // MISP also gives it to those of which one half is that value.
    return [value, ...value.split("|")].includes(subject.toLowerCase());
  });
}
