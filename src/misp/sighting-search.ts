import type { SightingType } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import { sightingOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { idAt, isObject, type Json } from "./coerce.ts";
import { readAnswer } from "./errors.ts";

/**
 * All sightings with dates in a span (Unix seconds) that the key may see, and the list of them. One that cannot be read is left
 * out, and stays as it is known.
 * @throws MispError `garbled` when one has no number: another that is there would look deleted
 */
export async function searchSightings(
  client: MispClient,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): Promise<Notice[]> {
  const rows = await client.searchSightings({ from, to }, signal);
  const ids = new Set(readAnswer("/sightings/restSearch", () => rows.map((row) => idAt(row))));
  return [...rows.flatMap(readable), { kind: "sightings-listed", from, to, ids }];
}

function readable(row: Json): Notice[] {
  try {
    return [{ kind: "sighting", sighting: sightingOf(row), how: "answer" }];
  } catch {
    return [];
  }
}

/** A sighting that MISP may have. */
export interface SoughtSighting {
  /** A value; only asked for where `attribute` is `null`. */
  subject: string;
  attribute: string | null;
  type: SightingType;
  /** Unix seconds. */
  date: number;
  source: string;
}

/** Whether MISP has a sighting with all of this. */
export async function hasSighting(client: MispClient, sought: SoughtSighting, signal: AbortSignal): Promise<boolean> {
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
