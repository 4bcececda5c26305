import { z } from "zod";
import type { SensorSighting, SensorSightings } from "../ledger/sensor-sightings.ts";
import { SightingType } from "../model/misp.ts";
import { StateUnwritable } from "../state/damaged.ts";
import { bodyOf, TOO_LONG } from "./body.ts";
import { type Asked, answerJson, type Route, refuse } from "./web-server.ts";

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
/** How far the clock of a sensor may be ahead of ours, seconds. */
const AHEAD = 60;

/** One line of text, without what a terminal would act on or no database can hold. */
const line = (longest: number) =>
  z
    .string({ error: "must be text" })
    .max(longest, { error: `must not be longer than ${longest} characters` })
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), { error: "must not have control characters" })
    .transform((text) => text.trim());

const TIME = "must be ISO 8601 with Z or an offset, or Unix seconds";
/** Unix seconds. */
const time = z
  .union(
    [
      z.number().positive().transform(Math.floor),
      z
        .string()
        .max(40)
        .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/)
        // Some sensors leave the colon out, and Date wants it.
        .transform((text) => Math.floor(Date.parse(text.replace(/(\d\d):?(\d\d)$/, "$1:$2")) / 1000))
        .refine((seconds) => seconds > 0),
    ],
    { error: TIME },
  )
  .optional();

const TYPES = {
  seen: SightingType.seen,
  false_positive: SightingType.falsePositive,
  expired: SightingType.expired,
} as const;

const sighting = z
  .strictObject({
    value: line(4_096).optional(),
    attribute: z.guid({ error: "must be the UUID of an attribute" }).toLowerCase().optional(),
    type: z
      .enum(["seen", "false_positive", "expired"], { error: "must be seen, false_positive or expired" })
      .default("seen"),
    seen_at: time,
    source: line(200).default(""),
  })
  .refine(({ value, attribute }) => (value || undefined) !== undefined || attribute !== undefined, {
    error: "wants a value, or the UUID of an attribute",
  })
  .refine(({ value, attribute }) => value === undefined || attribute === undefined, {
    error: "has both value and attribute; which is it?",
  });

/** What sensors saw, on its way back to MISP. */
export function sensedRoute({ queue, clock, isForwarder = false }: SensedOptions): Route {
  return {
    path: /\/sightings/,
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
    if (error instanceof StateUnwritable) return "The courier's disk cannot be written now.";
    throw error;
  }
}

/** @returns the sighting, or what is wrong with it; `now` in seconds */
function readSighting(told: unknown, now: number): SensorSighting | string {
  const read = sighting.safeParse(told);
  if (!read.success) return reason(read.error);
  const { value = "", attribute = null, type, seen_at = now, source } = read.data;
  if (seen_at > now + AHEAD) return "seen_at: must not be in the future";
  return { subject: attribute ?? value, attribute, type: TYPES[type], date: Math.min(seen_at, now), source };
}

function reason({ issues: [first] }: z.ZodError): string {
  const where = first?.path.join(".") ?? "";
  return `${where === "" ? "" : `${where}: `}${first?.message ?? ""}`.slice(0, 200);
}
