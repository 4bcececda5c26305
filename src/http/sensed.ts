import { readSighting } from "../courier/sensors/report.ts";
import type { SensorSightings } from "../ledger/sensor-sightings.ts";
import type { SensorSighting } from "../model/sensed.ts";
import { StateUnwritable } from "../state/damaged.ts";
import { bodyOf, TOO_LONG } from "./body.ts";
import { type Asked, answerJson, type Route, refuse, UNWRITABLE } from "./web-server.ts";

export interface SensedOptions {
  /** Where sightings wait for MISP; missing until the courier has opened its ledger. */
  queue: () => SensorSightings | undefined;
  /** There is no MISP that could hear of them. */
  isForwarder?: boolean | undefined;
  /** Milliseconds. */
  clock: () => number;
}

/** Of one request: sightings, and bytes. */
const MOST = { sightings: 1_000, bytes: 1_048_576 };
/** When to come back, seconds. */
const LATER = "60";
/** What sensors saw, on its way back to MISP. */
export function sensedRoute({ queue, clock, isForwarder = false }: SensedOptions): Route {
  return {
    path: /\/sightings/,
    local: true,
    method: "POST",
    async answer({ request, response }: Asked) {
      if (isForwarder) return refuse(response, 409, "A forwarder has no MISP to tell: post this to its courier.");
      const told = await bodyOf(request, MOST.bytes);
      const list = Array.isArray(told) ? told : [told];
      if (told === TOO_LONG || list.length > MOST.sightings) {
        return refuse(response, 413, `At most ${MOST.sightings} sightings and ${MOST.bytes} bytes at a time.`);
      }
      if (typeof told !== "object" || told === null) {
        return refuse(response, 400, 'This wants JSON: {"value": …} or a list of such.');
      }
      const now = clock();
      const read = list.map((one) => readSighting(one, Math.floor(now / 1000)));
      const sound = read.filter((one) => typeof one !== "string");
      const refused = read.flatMap((why, index) => (typeof why === "string" ? [{ index, why }] : []));
      const outcome = take(queue(), sound, now);
      if (typeof outcome === "string") {
        response.setHeader("Retry-After", LATER);
        return refuse(response, 503, outcome);
      }
      const nothing = refused.length > 0 && sound.length === 0;
      answerJson(response, nothing ? 400 : 202, { ...outcome, refused });
    },
  };
}

/** @returns what was taken, or why nothing can be now */
function take(queue: SensorSightings | undefined, sightings: readonly SensorSighting[], now: number) {
  if (!queue) return "The courier is starting.";
  try {
    return queue.take(sightings, now) ?? "Too many sightings wait for MISP already.";
  } catch (error) {
    if (error instanceof StateUnwritable) return UNWRITABLE;
    throw error;
  }
}
