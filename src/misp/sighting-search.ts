import type { KnownSighting, SightingSpan } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import type { SensorSighting } from "../model/sensed.ts";
import { sightingOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { idAt, isObject, type Json, numberOr, objectsAt } from "./coerce.ts";
import { MispError, readAnswer } from "./errors.ts";

const PATH = "/sightings/restSearch";
/** Of so many it is asked whether they are still there, which an empty list does not have. */
const MOST_ASKED = 100;
const MOST_EVENTS = 20;

/**
 * All sightings with dates in a span (Unix seconds) that the key may see, and the list of them. One that cannot be read is left
 * out, and stays as it is known. A list without any is believed where the attributes that had some show none either: a MISP that
 * loads no sightings (`MISP.disable_sighting_loading`) answers to all searches as if there were none, and shows none with an event.
 * @param known what it should have
 * @throws MispError `garbled` when one has no number, or the list has none and an attribute has: those that are there would look deleted
 */
export async function searchSightings(
  client: MispClient,
  { from, to, whole }: SightingSpan,
  known: () => readonly KnownSighting[],
  signal: AbortSignal,
): Promise<Notice[]> {
  const rows = await client.searchSightings({ from, to }, signal);
  const ids = new Set(readAnswer(PATH, () => rows.map((row) => idAt(row))));
  if (ids.size === 0 && (await areThere(client, known().slice(0, MOST_ASKED), signal))) {
    throw new MispError("garbled", `${PATH} lacks sightings that MISP has; is MISP.disable_sighting_loading on?`);
  }
  return [...rows.flatMap(readable), { kind: "sightings-listed", from, to, ids, whole }];
}

/** Whether MISP shows any of these with its attribute, or, where it does not say, with its event. */
async function areThere(client: MispClient, known: readonly KnownSighting[], signal: AbortSignal): Promise<boolean> {
  if (known.length === 0) return false;
  const shown = await client.sightingsOf([...new Set(known.map(({ attribute }) => attribute))], signal);
  const rows = shown ?? (await withEvents(client, known, signal));
  const ids = new Set(rows.map((row) => numberOr(row, "id", 0)));
  return known.some(({ id }) => ids.has(id));
}

async function withEvents(client: MispClient, known: readonly KnownSighting[], signal: AbortSignal): Promise<Json[]> {
  const rows: Json[] = [];
  for (const event of [...new Set(known.map(({ event }) => event))].slice(0, MOST_EVENTS)) {
    const body = (await client.viewEvent(event, signal)) ?? {};
    const attributes = [body, ...objectsAt(body, "Object")].flatMap((part) => objectsAt(part, "Attribute"));
    rows.push(...attributes.flatMap((attribute) => objectsAt(attribute, "Sighting")));
  }
  return rows;
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
