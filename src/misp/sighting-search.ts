import type { Notice } from "../model/notice.ts";
import { sightingOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";
import { idAt, type Json } from "./coerce.ts";
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
