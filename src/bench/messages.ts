import { createHash } from "node:crypto";
import { z } from "zod";
import type { Indicator } from "../model/indicator.ts";

/** How many attributes an event has. */
export const EVENT_SIZE = 100;

/**
 * A run of attribute messages: all new, or, with `keys`, about that many attributes again and again. They are then the same messages in the
 * same order, or, with `edited`, each says something else than the one before it, in no order.
 */
export const run = z.strictObject({
  /** The number of the first attribute, from 1 on. */
  first: z.number(),
  count: z.number(),
  keys: z.number().optional(),
  edited: z.boolean().optional(),
  /** The attributes' timestamp, Unix seconds. */
  at: z.number(),
});
export type Run = z.output<typeof run>;

/** The attributes that the messages of a run are about, in their order. */
export function subjectsOf({ first, count, keys = count, edited = false }: Run): number[] {
  return Array.from({ length: count }, (_, index) => first + ((edited ? scattered(index) : index) % keys));
}

/** The frames of a run: each event before its first attribute, and one message for each subject. */
export function framesOf(given: Run): Buffer[] {
  const told = new Set<number>();
  return subjectsOf(given).flatMap((number, index) => {
    const event = eventOf(number);
    const known = told.has(event);
    told.add(event);
    const action = given.keys === undefined ? "add" : "edit";
    const words = given.edited ? index : number;
    const frame = attributeFrame(number, { action, at: given.at, comment: `message ${words}` });
    return known ? [frame] : [eventFrame(event, given.at), frame];
  });
}

/** What an attribute message says beside what follows from the attribute's number. */
export interface Said {
  action: "add" | "edit";
  at: number;
  comment: string;
  toIds?: boolean;
}

/** One `misp_json_attribute` frame in the shape and, at 0.7 to 1.5 kB, in the sizes that MISP sends. */
export function attributeFrame(number: number, { action, at, comment, toIds = true }: Said): Buffer {
  const { type, value } = indicatorAt(number);
  const event = eventOf(number);
  const tags = TAGS.slice(0, scattered(number) % (TAGS.length + 1));
  const attribute = {
    id: `${number}`,
    event_id: `${event}`,
    object_id: "0",
    object_relation: null,
    category: "Network activity",
    type,
    to_ids: toIds,
    uuid: uuidOf("attribute", number),
    timestamp: `${at}`,
    distribution: "5",
    sharing_group_id: "0",
    comment: `${comment}${SENTENCE.slice(0, scattered(number + 1) % SENTENCE.length)}`,
    deleted: false,
    disable_correlation: false,
    first_seen: null,
    last_seen: null,
    value,
    value1: value,
    value2: "",
    ...(tags.length > 0 && { Tag: tags }),
    Sighting: [],
  };
  return frame("misp_json_attribute", { Attribute: attribute, Event: { ...eventBlock(event), Orgc: CREATOR }, action });
}

/** One `misp_json_event` frame. */
function eventFrame(event: number, at: number): Buffer {
  const block = { ...eventBlock(event), timestamp: `${at}`, publish_timestamp: "0" };
  return frame("misp_json_event", { Event: block, Orgc: CREATOR, EventTag: [], action: "add" });
}

/** The number of the event that an attribute belongs to. */
export function eventOf(number: number): number {
  return 1 + Math.floor((number - 1) / EVENT_SIZE);
}

/** What the attribute of this number is about; no two are about the same. */
export function indicatorAt(number: number): Indicator {
  const place = number % 20;
  const name = `host-${number.toString(36)}`;
  if (place < 6) return { type: "ip-dst", value: `11.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}` };
  if (place < 11) return { type: "domain", value: `${name}.example` };
  if (place < 13) return { type: "hostname", value: `www.${name}.example` };
  if (place < 16) return { type: "url", value: `https://${name}.example/login/session?id=${number}` };
  const type = place < 19 ? "sha256" : "md5";
  return { type, value: createHash(type).update(`${number}`).digest("hex") };
}

/** A number of 32 bits that has nothing to do with its neighbours', always the same for the same. */
export function scattered(number: number): number {
  const once = Math.imul(number ^ (number >>> 15) ^ 0x5bd1, 0x9e3779b1);
  return Math.imul(once ^ (once >>> 13), 0x85ebca6b) >>> 0;
}

const CREATOR = { id: "2", uuid: "5b0f2d3e-7c1c-4a55-9d3e-0c6a1d2f4b10", name: "CERT-Northland" };
const SENTENCE =
  " seen by a sensor in the outer network while it called for its instructions, and confirmed by an analyst of the partner" +
  " who handed it on; it is one of a series, so look for its neighbours in the same week, too.";
const TAGS = ["tlp:amber", 'admiralty-scale:source-reliability="b"', "kill-chain:Command and Control"].map(
  (name, index) => ({ id: `${index + 1}`, name, colour: "#33ccff", exportable: true, local: false }),
);

function eventBlock(event: number) {
  return {
    id: `${event}`,
    date: "2026-11-20",
    info: `Infrastructure of campaign ${event}, as reported by partners`,
    uuid: uuidOf("event", event),
    published: false,
    analysis: "0",
    threat_level_id: "2",
    org_id: "1",
    orgc_id: CREATOR.id,
    distribution: "1",
    sharing_group_id: "0",
  };
}

/** In no order, as MISP's are: neighbours are far apart in an index. */
function uuidOf(kind: "attribute" | "event", number: number): string {
  const digits = createHash("md5").update(`${kind} ${number}`).digest("hex");
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20)].join("-");
}

function frame(topic: string, body: object): Buffer {
  return Buffer.from(`${topic} ${JSON.stringify(body)}`);
}
