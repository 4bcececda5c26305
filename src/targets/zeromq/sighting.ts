import { z } from "zod";
import { SightingType } from "../../model/misp.ts";
import { LONGEST_SENSED, type SensorSighting, sensedLine } from "../../model/sensed.ts";
import { valueIn } from "../../stix/pattern-value.ts";

export interface ReadingOptions {
  /** The value that is known under the id of a STIX indicator. */
  valueUnder: (id: string) => string | undefined;
  /** Unix seconds. */
  now: number;
}

/** Why a message is no sighting that MISP could be told of. */
export type NoSighting = "no STIX sighting" | "names no indicator";

const TOPIC = "stix2/sighting";
const value = sensedLine(LONGEST_SENSED.value).pipe(z.string().min(1));
const source = sensedLine(LONGEST_SENSED.source).pipe(z.string().min(1));
/** Unix seconds. */
const time = z
  .string()
  .max(40)
  .transform((text) => Math.floor(Date.parse(text) / 1000))
  .refine((seconds) => seconds > 0);

/** What is not as it should be and can be done without counts as missing. */
const optional = <Kind extends z.ZodType>(kind: Kind) => kind.optional().catch(undefined);

/** A sighting of STIX 2.1, with what Threat Bus and its applications put beside it. */
const sighting = z.object({
  type: z.literal("sighting"),
  sighting_of_ref: optional(z.string().max(100)),
  last_seen: optional(time),
  first_seen: optional(time),
  created: optional(time),
  // Zero says that it was looked for and not seen.
  count: z
    .literal(0)
    .transform(() => true)
    .optional()
    .catch(undefined),
  x_threatbus_indicator: optional(z.object({ id: optional(z.string().max(100)), pattern: optional(z.string()) })),
  x_threatbus_indicator_value: optional(value),
  x_threatbus_source: optional(source),
  x_threatbus_sighting_context: optional(z.object({ source: optional(source) })),
});

/** What an application of Threat Bus says that it saw, out of one message; or why that is nothing. */
export function readSighting(frame: Buffer, { valueUnder, now }: ReadingOptions): SensorSighting | NoSighting {
  const told = sighting.safeParse(bodyOf(String(frame)));
  if (!told.success || told.data.count) return "no STIX sighting";
  const { x_threatbus_indicator: indicator, x_threatbus_sighting_context: context, ...own } = told.data;
  const known = [own.sighting_of_ref, indicator?.id].map((id) => (id === undefined ? undefined : valueUnder(id)));
  const meant = [...known, indicator?.pattern && valueIn(indicator.pattern), own.x_threatbus_indicator_value];
  const subject = value.safeParse(meant.find((one) => one !== undefined && one !== ""));
  if (!subject.success) return "names no indicator";
  const date = own.last_seen ?? own.first_seen ?? own.created ?? now;
  return {
    subject: subject.data,
    attribute: null,
    type: SightingType.seen,
    // The clock of an application may be ahead.
    date: Math.min(date, now),
    source: own.x_threatbus_source ?? context?.source ?? "",
  };
}

function bodyOf(text: string): unknown {
  const [topic, ...rest] = text.split(" ");
  if (topic !== TOPIC) return undefined;
  try {
    return JSON.parse(rest.join(" "));
  } catch {
    return undefined;
  }
}
