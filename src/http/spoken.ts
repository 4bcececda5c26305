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
  /** The rest of the story. */
  note: string;
}

/** Longer texts are cut: a line is to be read at a glance. */
const LONGEST = 200;

/** Whether a notice came over the feed just now, and not as an answer or as part of a publication. */
export function isSpoken(notice: Notice): boolean {
  if ("how" in notice) return notice.how !== "answer" && notice.how !== "snapshot";
  return !["contents", "listed", "sightings-listed", "alive"].includes(notice.kind);
}

/** What the feed said as a line; `undefined` for what nobody wants to read. */
export function lineOf(notice: Notice, at: number): Line | undefined {
  const said = saidOf(notice);
  if (!said) return undefined;
  const { what, tone = "plain", type = "", value = "", note = "" } = said;
  return { at, what, tone, type, value: cut(value), note: cut(note) };
}

type Said = Pick<Line, "what"> & Partial<Line>;

function saidOf(notice: Notice): Said | undefined {
  switch (notice.kind) {
    case "attribute":
      return ofAttribute(notice);
    case "event":
      return { what: "event", value: notice.event.info, note: numbered(notice.event.id) };
    case "sighting":
      return ofSighting(notice);
    case "tag":
      return ofTag(notice);
    case "published":
      return { what: "published", note: numbered(notice.id) };
    case "event-deleted":
      return { what: "event deleted", tone: "bad", note: numbered(notice.id) };
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

function ofAttribute({ attribute, event, how }: Extract<Notice, { kind: "attribute" }>): Said {
  const { type, value, deleted, eventId } = attribute;
  const what = deleted ? "deleted" : how === "add" ? "new" : "changed";
  const about = event?.info ? `“${event.info}”` : numbered(eventId);
  return { what, tone: deleted ? "bad" : "plain", type, value, note: about };
}

function ofSighting({ sighting }: Extract<Notice, { kind: "sighting" }>): Said {
  const { type, value } = sighting.about ?? { type: "", value: `attribute ${sighting.attributeId}` };
  return { ...SIGHTED[sighting.type], type, value, note: sighting.source };
}

function ofTag({ on, id, name, attached }: Extract<Notice, { kind: "tag" }>): Said {
  return { what: attached ? "tagged" : "untagged", value: name, note: on === "event" ? numbered(id) : `${on} ${id}` };
}

const SIGHTED: Record<SightingType, Pick<Line, "what" | "tone">> = {
  [SightingType.seen]: { what: "seen", tone: "good" },
  [SightingType.falsePositive]: { what: "false positive", tone: "bad" },
  [SightingType.expired]: { what: "expired", tone: "bad" },
};

function numbered(event: number): string {
  return `event ${event}`;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
