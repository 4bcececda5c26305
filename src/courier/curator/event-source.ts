import type { EventMetadata } from "../../misp/event-metadata.ts";
import type { Occasion } from "./event-turns.ts";

/** How an event came to this MISP. */
export type EventSource = "pulled" | "received" | "local";

/** Whether an event came in one of these ways. */
export function isFrom(
  sources: readonly EventSource[],
  { isLocal }: Pick<EventMetadata, "isLocal">,
  { how }: Pick<Occasion, "how">,
): boolean {
  if (isLocal) return sources.includes("local");
  // Of what was missed nobody can tell how it came.
  if (how === "missed") return sources.includes("pulled") || sources.includes("received");
  return sources.includes(how === "pulled" ? "pulled" : "received");
}
