import { z } from "zod";
import { type Entry, newestFirst, type Origin } from "../model/delta.ts";
import { type Indicator, keyOf } from "../model/indicator.ts";
import { rfc3339Of } from "../model/iso-time.ts";
import type { IndicatorRecord } from "../model/record.ts";

/** How many attributes a record names, the newest ones, and how much of long texts it holds. */
const MOST = { attributes: 50, text: 1_000, tags: 200 };
/** Brokers take messages of a million bytes unless told otherwise. */
const LONGEST = 700_000;
/** What somebody packed may unfold to more than a text can hold. */
const MOST_BYTES = 10_000_000;

/** The key of a record: what is said of an indicator by what one MISP holds. `origin` is free of blanks. */
export function recordKey(indicator: Indicator, origin: string): string {
  return `${keyOf(indicator)}@${origin}`;
}

/** The record of an entry as JSON; the same entry is the same text, whatever the order of its origins. */
export function recordOf(entry: Entry, origin: string): string {
  const named = entry.origins.toSorted(newestFirst).slice(0, MOST.attributes);
  for (let most = named.length; ; most = Math.floor(most / 2)) {
    const text = JSON.stringify(bodyOf(entry, origin, named.slice(0, most)));
    if (Buffer.byteLength(text) <= LONGEST || most <= 1) return text;
  }
}

function bodyOf({ type, value, score, expires, reference, origins }: Entry, origin: string, named: readonly Origin[]) {
  return {
    schema: 1,
    key: keyOf({ type, value }),
    origin,
    type,
    value,
    score,
    reference: rfc3339Of(reference),
    expires: rfc3339Of(expires),
    attribute_count: origins.length,
    attributes: named.map((one) => ({
      uuid: one.attributeUuid,
      category: shortened(one.category),
      comment: shortened(one.comment),
      timestamp: rfc3339Of(one.timestamp),
      first_seen: rfc3339Of(one.firstSeen),
      last_seen: rfc3339Of(one.lastSeen),
      distribution: one.distribution,
      tags: one.tags.slice(0, MOST.tags).map(shortened).sort(),
      event: { uuid: one.eventUuid, info: shortened(one.eventInfo), date: one.eventDate },
      organisation: { uuid: one.organisationUuid, name: shortened(one.organisation) },
    })),
  };
}

function shortened(text: string): string {
  return text.slice(0, MOST.text).toWellFormed();
}

const text = z
  .string()
  .max(70_000)
  .transform((given) => given.toWellFormed().replaceAll("\0", "\uFFFD"));
/** Unix seconds. */
const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .transform((given) => Date.parse(given) / 1000)
  .refine((seconds) => seconds >= 0);
const uuid = z.string().regex(/^[\da-f-]{0,36}$/i);

const attribute = z
  .object({
    uuid,
    category: text,
    comment: text,
    timestamp: time.nullable(),
    first_seen: time.nullable(),
    last_seen: time.nullable(),
    distribution: z.int().min(0).max(5),
    tags: z.array(text.pipe(z.string().min(1))).max(1_000),
    event: z.object({ uuid, info: text, date: text }),
    organisation: z.object({ uuid, name: text }),
  })
  .transform(({ first_seen: firstSeen, last_seen: lastSeen, timestamp, ...rest }) => {
    return { ...rest, firstSeen, lastSeen, timestamp: timestamp ?? 0 };
  });

const body = z.object(
  {
    schema: z.literal(1),
    key: z.string(),
    origin: z.string(),
    type: z.string().min(1).max(255),
    value: z
      .string()
      .min(1)
      .max(65_536)
      // The ledger would end it there, and list what nobody told of.
      .refine((given) => !given.includes("\0"), { error: "has a NUL character" }),
    score: z.number().min(0).max(100),
    reference: time.nullable(),
    attributes: z.array(attribute).max(1_000),
  },
  { error: "it is no JSON object" },
);

/** What nobody said more of than that it is there. */
const BARE = {
  ...{ uuid: "", category: "", comment: "", timestamp: 0, firstSeen: null, lastSeen: null, distribution: 0, tags: [] },
  ...{ event: { uuid: "", info: "", date: "" }, organisation: { uuid: "", name: "" } },
};

/** The text of a record's key or value, or of a header of it; empty where there is none, or more than any of them has. */
export function textOf(bytes: unknown): string {
  return Buffer.isBuffer(bytes) && bytes.length <= MOST_BYTES ? bytes.toString("utf8") : "";
}

/** The parts of a record's key; `undefined` when it is none. */
export function partsOfKey(key: string): { key: string; origin: string } | undefined {
  const [, own, origin] = /^([\da-f]{40})@([\x21-\x7e]{1,200})$/.exec(key) ?? [];
  return own !== undefined && origin !== undefined ? { key: own, origin } : undefined;
}

/**
 * Reads a record that another courier wrote, or somebody who claims to be one.
 * @returns the record, or what is wrong with it
 */
export function readRecord(key: string, value: string): IndicatorRecord | string {
  const named = partsOfKey(key);
  if (!named) return "its key is not an indicator's and an origin";
  const read = body.safeParse(parsed(value));
  if (!read.success) {
    const [first] = read.error.issues;
    return [first?.path.join("."), first?.message].filter((part) => part).join(": ");
  }
  const { type, value: own, origin, score, reference, attributes } = read.data;
  if (named.key !== keyOf({ type, value: own }) || named.origin !== origin) return "its key is that of another record";
  const told = attributes.length > 0 ? attributes : [BARE];
  return { name: key, origin, type, value: own, score, reference: reference ?? 0, attributes: told };
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
