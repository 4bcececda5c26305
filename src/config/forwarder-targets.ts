import { targetKinds } from "../targets/index.ts";
import type { Rival } from "./rival.ts";
import type { Config, ForwarderConfig } from "./schema.ts";

const CIRCLE =
  "is the topic that `source` follows: what is written there would hold itself up, and nothing would ever leave";
const NOBODY = "has no place here: a forwarder has no MISP to tell";

/** The targets of a forwarder that would write to the very topic that it follows, or take sightings for a MISP that it has not. */
export function misplacedAtForwarder(targets: Config["targets"], { kafka }: ForwarderConfig["source"]): Rival[] {
  const followed = kafka.brokers.map((broker) => `${broker} ${kafka.topic} `);
  return Object.entries(targets).flatMap(([name, { type, enabled, settings }]): Rival[] => {
    const places = (enabled && targetKinds[type]?.sole?.(settings)) || [];
    const isCircle = places.some(({ place }) => followed.some((start) => place.startsWith(start)));
    return [
      ...(isCircle ? [{ name, key: "topic", message: CIRCLE }] : []),
      ...(enabled && takesSightings(settings) ? [{ name, key: "sightings", message: NOBODY }] : []),
    ];
  });
}

function takesSightings(settings: unknown): boolean {
  return (
    typeof settings === "object" && settings !== null && "sightings" in settings && settings.sightings !== undefined
  );
}
