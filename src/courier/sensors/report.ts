import { z } from "zod";
import { SightingType } from "../../model/misp.ts";
import { LONGEST_SENSED, type SensorSighting, sensedLine } from "../../model/sensed.ts";

/** How far the clock of a sensor may be ahead of ours, seconds. */
const AHEAD = 60;

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
        .refine((seconds) => seconds > 0, { error: TIME }),
    ],
    { error: TIME },
  )
  .optional();

const TYPES = {
  seen: SightingType.seen,
  false_positive: SightingType.falsePositive,
  expired: SightingType.expired,
} as const;

/** By MISP's numbers for them. */
const NAMES = Object.keys(TYPES) as (keyof typeof TYPES)[];

const sighting = z
  .strictObject(
    {
      value: sensedLine(LONGEST_SENSED.value).optional(),
      attribute: z.guid({ error: "must be the UUID of an attribute" }).toLowerCase().optional(),
      type: z
        .enum(["seen", "false_positive", "expired"], { error: "must be seen, false_positive or expired" })
        .default("seen"),
      seen_at: time,
      source: sensedLine(LONGEST_SENSED.source).default(""),
    },
    { error: ({ code }) => (code === "invalid_type" ? "must be a JSON object" : undefined) },
  )
  .refine(({ value, attribute }) => (value || undefined) !== undefined || attribute !== undefined, {
    error: "wants a value, or the UUID of an attribute",
  })
  .refine(({ value, attribute }) => value === undefined || attribute === undefined, {
    error: "has both value and attribute; which is it?",
  });

/**
 * Reads what a sensor says that it saw, over whatever way it came.
 * @param now Unix seconds
 * @param seen when it was seen unless it says so itself, Unix seconds
 * @returns the sighting, or what is wrong with it
 */
export function readSighting(told: unknown, now: number, seen = now): SensorSighting | string {
  const read = sighting.safeParse(inOurWords(told));
  if (!read.success) return reason(read.error);
  const { value = "", attribute = null, type, seen_at = seen, source } = read.data;
  if (seen_at > now + AHEAD) return "seen_at: must not be in the future";
  return { subject: attribute ?? value, attribute, type: TYPES[type], date: Math.min(seen_at, now), source };
}

/** A sensor that reported to MISP itself so far says it in the words of MISP's `/sightings/add`. */
function inOurWords(told: unknown): unknown {
  if (typeof told !== "object" || told === null || Array.isArray(told)) return told;
  const { type, uuid, timestamp, ...rest } = told as Record<string, unknown>;
  const time = typeof timestamp === "string" && /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : timestamp;
  return {
    ...(type === undefined ? {} : { type: NAMES.find((name) => String(TYPES[name]) === String(type)) ?? type }),
    ...(uuid === undefined ? {} : { attribute: uuid }),
    ...(time === undefined ? {} : { seen_at: time }),
    ...rest,
  };
}

function reason({ issues: [first] }: z.ZodError): string {
  const where = first?.path.join(".") ?? "";
  return `${where === "" ? "" : `${where}: `}${first?.message ?? ""}`.slice(0, 200);
}
