import { z } from "zod";
import type { Rival } from "./rival.ts";
import type { Config, ForwarderConfig } from "./schema.ts";

const CIRCLE =
  "is the topic that `source` follows: what is written there would hold itself up, and nothing would ever leave";
const NOBODY = "has no place here: a forwarder has no MISP to tell";

/** What matters here of the settings of a `kafka` target, and of a `zeromq` target that takes sightings. */
const writing = z.object({ brokers: z.array(z.string()), topic: z.string() });
const hearing = z.object({ sightings: z.string() });

/** The targets of a forwarder that would write to the very topic that it follows, or take sightings for a MISP that it has not. */
export function misplacedAtForwarder(targets: Config["targets"], { kafka }: ForwarderConfig["source"]): Rival[] {
  return Object.entries(targets).flatMap(([name, { type, enabled, settings }]): Rival[] => {
    if (!enabled) return [];
    const written = type === "kafka" ? writing.safeParse(settings).data : undefined;
    const isCircle = written?.topic === kafka.topic && written.brokers.some((broker) => kafka.brokers.includes(broker));
    const takesSightings = type === "zeromq" && hearing.safeParse(settings).success;
    return [
      ...(isCircle ? [{ name, key: "topic", message: CIRCLE }] : []),
      ...(takesSightings ? [{ name, key: "sightings", message: NOBODY }] : []),
    ];
  });
}
