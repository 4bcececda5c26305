import type { Notice } from "../model/notice.ts";
import { sightingOf } from "./bodies.ts";
import type { MispClient } from "./client.ts";

/** All sightings with dates in a span (Unix seconds) that the key may see, and the list of them. */
export async function searchSightings(
  client: MispClient,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): Promise<Notice[]> {
  const rows = await client.searchSightings({ from, to }, signal);
  const sightings = rows.map((row) => sightingOf(row));
  const ids = new Set(sightings.map(({ id }) => id));
  return [
    ...sightings.map((sighting): Notice => ({ kind: "sighting", sighting, how: "answer" })),
    { kind: "sightings-listed", from, to, ids },
  ];
}
