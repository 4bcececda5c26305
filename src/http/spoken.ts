import { SightingType } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";

/** One line of the live page. All of it is hostile text. */
export interface Line {
  /** Milliseconds. */
  at: number;
  /** What happened, in our words. */
  what: string;
  /** Colours the line: something came, something went, or neither. */
  tone: "good" | "bad" | "plain";
  type: string;
  value: string;
  /** All of an indicator's value, where it is cut: whoever presses it asks for just that. */
  whole?: string;
  /** The rest of the story. */
  note: string;
}

/** Longer texts are cut: a line is to be read at a glance. */
const LONGEST = 200;

/** Whether a notice came over the feed just now, and not as an answer or as part of a publication. */
export function isSpoken(notice: Notice): boolean {
  if ("how" in notice) return notice.how !== "answer" && notice.how !== "snapshot";
  return !["contents", "listed", "read", "sightings-listed", "alive"].includes(notice.kind);
}

/** The name of an event by its number, where it is known. */
export type EventName = (id: number) => string | undefined;

/** What the feed said as a line; `undefined` for what nobody wants to read. */
export function lineOf(notice: Notice, at: number, eventName: EventName): Line | undefined {
  const said = saidOf(notice, (id) => quotedOr(eventName(id), `event ${id}`));
  if (!said) return undefined;
  const { what, tone = "plain", type = "", value = "", note = "" } = said;
  const line: Line = { at, what, tone, type, value: cut(value), note: cut(note) };
  return type !== "" && line.value !== value ? { ...line, whole: value } : line;
}

type Said = Pick<Line, "what"> & Partial<Line>;

function saidOf(notice: Notice, named: (event: number) => string): Said | undefined {
  switch (notice.kind) {
    case "attribute":
      return ofAttribute(notice, named);
    case "event":
      return { what: "event", value: notice.event.info, note: `event ${notice.event.id}` };
    case "sighting":
      return ofSighting(notice);
    case "tag":
      return ofTag(notice, named);
    case "published":
      return { what: "published", note: named(notice.id) };
    case "event-deleted":
      return { what: "event deleted", tone: "bad", note: named(notice.id) };
    case "attribute-erased":
      return { what: "erased", tone: "bad", note: `attribute ${notice.id}` };
    case "sighting-deleted":
      return { what: "sighting deleted", note: `sighting ${notice.id}` };
    case "organisation":
      return { what: "organisation", value: notice.organisation.name ?? "" };
    case "warninglist":
      return { what: "warninglist changed", note: `warninglist ${notice.id}` };
    case "pulled":
      return { what: "pulled from another MISP", note: notice.uuid };
    default:
      return undefined;
  }
}

function ofAttribute(
  { attribute, how }: Extract<Notice, { kind: "attribute" }>,
  named: (event: number) => string,
): Said {
  const { type, value, deleted, eventId } = attribute;
  const what = deleted ? "deleted" : how === "add" ? "new" : "changed";
  return { what, tone: deleted ? "bad" : "plain", type, value, note: named(eventId) };
}

function ofSighting({ sighting }: Extract<Notice, { kind: "sighting" }>): Said {
  const { type, value } = sighting.about ?? { type: "", value: `attribute ${sighting.attributeId}` };
  return { ...SIGHTED[sighting.type], type, value, note: sighting.source };
}

function ofTag(
  { on, id, eventId, name, attached }: Extract<Notice, { kind: "tag" }>,
  named: (event: number) => string,
): Said {
  const of = on === "event" ? named(eventId) : `attribute ${id} of ${named(eventId)}`;
  return { what: attached ? "tagged" : "untagged", value: name, note: of };
}

const SIGHTED: Record<SightingType, Pick<Line, "what" | "tone">> = {
  [SightingType.seen]: { what: "seen", tone: "good" },
  [SightingType.falsePositive]: { what: "false positive", tone: "bad" },
  [SightingType.expired]: { what: "expired", tone: "bad" },
};

function quotedOr(name: string | undefined, otherwise: string): string {
  return name ? `“${name}”` : otherwise;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
