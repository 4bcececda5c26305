import { z } from "zod";
import type { SightingType } from "./misp.ts";

/** What a sensor saw. */
export interface SensorSighting {
  /** A value, or, if `attribute` is set, that attribute's UUID. */
  subject: string;
  /** UUID of the sighted attribute; `null`: all attributes with that value. */
  attribute: string | null;
  type: SightingType;
  /** When it was seen, Unix seconds. */
  date: number;
  /** Who saw it; may be empty. */
  source: string;
}

/** How long the texts of a sensor may be, characters. */
export const LONGEST_SENSED = { value: 4_096, source: 200 };

/** One line of a sensor's text, without control characters (for terminals) and lone surrogates (for databases). */
export const sensedLine = (longest: number) =>
  z
    .string({ error: "must be text" })
    .max(longest, { error: `must not be longer than ${longest} characters` })
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), { error: "must not have control characters" })
    .transform((text) => text.trim());
