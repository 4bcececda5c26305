import { counted } from "../model/counted.ts";
import type { Attribute } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";
import type { Memory } from "./memory.ts";

/**
 * What MISP said, in one sentence an event and one a sighting. What only repeats is left out: the copy of an event in its
 * publication, and what REST answered.
 */
export function sentencesOf(notices: readonly Notice[], memory: Memory): string[] {
  const news = new Map<number, string[]>();
  const added = new Map<number, string[]>();
  const others: string[] = [];
  for (const notice of notices) {
    const told = newsOf(notice, memory);
    if (told) news.set(told.event, [...(news.get(told.event) ?? []), ...told.says]);
    if (told?.adds) added.set(told.event, [...(added.get(told.event) ?? []), told.adds]);
    others.push(...sightingSentence(notice, memory));
  }
  const names = new Map([...news.keys()].map((event) => [event, nameOf(event, notices, memory)]));
  const sentences = [...news].map(([event, says]) => {
    const attributes = countTypes(added.get(event) ?? []);
    return `${names.get(event)}: ${ordered([...attributes, ...new Set(says)]).join("; ")}`;
  });
  return [...sentences, ...others];
}

interface News {
  event: number;
  says: string[];
  /** The type of an attribute that came to it. */
  adds?: string;
}

function newsOf(notice: Notice, memory: Memory): News | undefined {
  switch (notice.kind) {
    case "event":
      if (notice.how !== "heard") return undefined;
      return { event: notice.event.id, says: [memory.events.has(notice.event.id) ? "edited" : NEW] };
    case "published":
      return { event: notice.id, says: [PUBLISHED] };
    case "event-deleted":
      return { event: notice.id, says: ["deleted"] };
    case "tag":
      return tagNews(notice, memory);
    case "attribute":
      return attributeNews(notice, memory);
    default:
      return undefined;
  }
}

const NEW = "new";
const PUBLISHED = "published";

function tagNews({ on, id, eventId, name, attached }: Extract<Notice, { kind: "tag" }>, memory: Memory): News {
  const what = on === "event" ? "" : `${memory.attributes.get(id)?.value ?? `attribute ${id}`} `;
  return { event: eventId, says: [`${what}${attached ? "tagged" : "no longer tagged"} ${name}`] };
}

function attributeNews({ attribute, how }: Extract<Notice, { kind: "attribute" }>, memory: Memory): News | undefined {
  const event = attribute.eventId;
  if (how === "add") return { event, says: [], adds: attribute.type };
  if (how !== "edit") return undefined;
  const before = memory.attributes.get(attribute.id);
  const change = changeOf(before, attribute);
  return change ? { event, says: [`${before?.value ?? attribute.value} ${change}`] } : undefined;
}

/** `undefined` when only its timestamp changed, as after a tag. */
function changeOf(before: Attribute | undefined, after: Attribute): string | undefined {
  if (after.deleted) return "deleted";
  if (before?.deleted) return "restored";
  if (before && before.value !== after.value) return `is now ${after.value}`;
  if (before?.toIds && !after.toIds) return "lost its IDS flag";
  if (before && before.comment !== after.comment) return `has the comment “${after.comment}”`;
  return undefined;
}

function sightingSentence(notice: Notice, memory: Memory): string[] {
  if (notice.kind === "sighting") {
    if (notice.how === "answer") return [];
    const { says, value, by } = memory.sighting(notice.sighting);
    return [`${says} for ${value}, by ${by}`];
  }
  if (notice.kind !== "sighting-deleted") return [];
  const { says, value } = memory.sighting(notice.id);
  return [`${says} for ${value} is taken back`];
}

/** The name of an event, also of one that this very batch brings or takes. */
function nameOf(event: number, notices: readonly Notice[], memory: Memory): string {
  const known = memory.events.get(event);
  if (known) return `event ${event} “${known.info}”`;
  for (const notice of notices) {
    if (notice.kind !== "event" || notice.event.id !== event) continue;
    return `event ${event} “${notice.event.info}” by ${memory.organisation(notice.event.creator.id)}`;
  }
  return `event ${event}`;
}

function countTypes(types: readonly string[]): string[] {
  if (types.length === 0) return [];
  const counts = [...new Set(types)].map((type) => `${types.filter((other) => other === type).length} ${type}`);
  return [`${counted(types.length, "attribute")} (${counts.join(", ")})`];
}

/** As it happened: it is new before anything else, and published after it. */
function ordered(says: readonly string[]): string[] {
  const between = says.filter((one) => one !== NEW && one !== PUBLISHED);
  return [NEW, ...between, PUBLISHED].filter((one) => says.includes(one));
}
