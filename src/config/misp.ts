import { z } from "zod";
import { endsInPort } from "../model/port.ts";
import { duration, durationOrZero, parseDuration } from "./duration.ts";
import { mispKafka } from "./kafka.ts";
import { hint, path, text, webAddress } from "./values.ts";

const PUBLISHER = "must be an address such as tcp://127.0.0.1:50000";
const publisher = z
  .string({ error: hint(PUBLISHER) })
  // What ZeroMQ itself would not connect to, such as an address with a login in it, would end the courier.
  .regex(/^(tcp:\/\/[\w.;:%[\]-]+:\d{1,5}|ipc:\/\/\S+)$/, { error: PUBLISHER, abort: true })
  .refine((given) => given.startsWith("ipc:") || endsInPort(given), { error: PUBLISHER })
  .meta({ shows: "address" });

const zeromq = z
  .union(
    [
      publisher.transform((endpoint) => ({ endpoint, username: undefined, password: undefined })),
      z
        .strictObject({
          endpoint: publisher.describe("MISP's ZeroMQ publisher"),
          username: text.optional().describe("For PLAIN login"),
          password: text.optional().describe("For PLAIN login"),
        })
        .refine(({ username, password }) => (username === undefined) === (password === undefined), {
          error: "username and password only go together",
        })
        .transform(({ endpoint, username, password }) => ({ endpoint, username, password })),
    ],
    { error: hint(`${PUBLISHER}, or have endpoint, username and password`) },
  )
  .prefault("tcp://127.0.0.1:50000")
  .describe("MISP's ZeroMQ publisher, as an address or with the keys below")
  .meta({ shows: "address, or the keys below" });

/** How far back the first catch-up looks: as each type's TTL, so many seconds, or since a date in Unix seconds. */
export type FirstLoad = { kind: "ttl" } | { kind: "ago"; seconds: number } | { kind: "since"; time: number };

const FIRST_LOAD = "must be ttl, a duration such as 30d, or a date such as 2026-01-31";
const firstLoad = z
  .string({ error: hint(FIRST_LOAD) })
  .transform((given, context): FirstLoad => {
    const read = readFirstLoad(given);
    if (read) return read;
    context.addIssue({ code: "custom", message: FIRST_LOAD });
    return z.NEVER;
  })
  .prefault("ttl")
  .describe(
    "How far back the first catch-up looks: as far as each type's TTL reaches, a duration, or since a date (UTC)",
  )
  .meta({ shows: "`ttl`, duration or date" });

/** What `first_load` says; `undefined`: nothing of the kind. */
export function readFirstLoad(given: string): FirstLoad | undefined {
  if (given === "ttl") return { kind: "ttl" };
  const seconds = parseDuration(given);
  if (seconds) return { kind: "ago", seconds };
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(given) ? `${given}T00:00:00Z` : Number.NaN);
  // A day that the month does not have is moved into the next month instead of refused.
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(given);
  return exists ? { kind: "since", time: date.getTime() / 1000 } : undefined;
}

const catchUp = z
  .strictObject({
    every: duration.prefault("10m").describe("Time between two comparisons with MISP over REST"),
    overlap: durationOrZero
      .prefault("2m")
      .describe(
        "How far each comparison goes back before the last one for sightings, since their writers may date them back; at least a day",
      ),
    first_load: firstLoad,
  })
  .prefault({})
  .describe("When and how far what the feed lost is made up for over REST");

/** The `misp:` section; exactly one of `key` and `key_file` is given. Times are seconds. */
export const misp = z
  .strictObject({
    url: webAddress.describe("MISP's base address"),
    key: text.optional().describe("API key; either this or `key_file`"),
    key_file: path.optional().describe("File that holds the API key"),
    verify_tls: z.boolean().default(true).describe("Check MISP's certificate"),
    ca_file: path
      .optional()
      .describe("Certificates (PEM) to trust instead of Node.js's own; the system's do not count"),
    proxy: webAddress.optional().describe("HTTP proxy for REST"),
    timeout: duration
      .prefault("30s")
      .describe("How long the REST API may stay silent; a whole answer may take ten times as long"),
    zeromq,
    kafka: mispKafka.optional(),
    catch_up: catchUp,
  })
  .refine((given) => !(holds(given, "key") && holds(given, "key_file")), {
    error: "has both key and key_file; keep one",
    when: () => true,
  })
  .refine((given) => holds(given, "key") || holds(given, "key_file"), {
    error: "needs key or key_file",
    when: ({ value }) => typeof value === "object" && value !== null,
  });

// These two rules are also asked about sections with other mistakes, of which nothing else is known.
function holds(section: unknown, key: string): boolean {
  return typeof section === "object" && section !== null && Object.hasOwn(section, key);
}
