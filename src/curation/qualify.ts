import { reach } from "../model/distribution.ts";
import type { Attribute, EventFacts } from "../model/misp.ts";
import type { Reason } from "../model/verdict.ts";
import type { CommentPattern } from "./comment-pattern.ts";
import type { Filter, Picture } from "./filter.ts";

/** An attribute as the ledger remembers it, joined with its event: all that the rules look at. */
export interface Support {
  attribute: Pick<Attribute, "type" | "toIds" | "deleted" | "comment" | "timestamp" | "distribution"> & {
    tags: readonly string[];
    /** When the feed last spoke of it, milliseconds; 0 when the last word came from REST. */
    heard: number;
    /** What another courier gave its indicator; missing or `null`: a MISP told of it. */
    score?: number | null;
  };
  event: Pick<EventFacts, "creator" | "distribution"> & {
    tags: readonly string[];
    deleted: boolean;
    /** Its own facts were heard, not only an attribute's remark of them. */
    known: boolean;
    /** Explicitly unpublished since it was last published. */
    withdrawn: boolean;
    /** Attributes up to this time are covered by a publication that REST confirmed; Unix seconds, 0: never. */
    publishedThrough: number;
    /** When REST was asked that said so last, milliseconds; 0: it never did, or has said since that there were edits. */
    confirmed: number;
  };
}

/** What decides whether an attribute holds its indicators up. */
export interface QualifyRules {
  requirePublished: boolean;
  withdrawOnUnpublish: boolean;
  exceptionComment: CommentPattern | null;
  exceptionTag: (tag: string) => boolean;
  filter: Filter;
  /** Milliseconds that an addition waits for tags, where a rule looks at tags; 0 where none does. */
  settle: number;
}

/**
 * Whether an attribute holds up its indicator of type `indicatorType`: `null`, or why not.
 * @param blocked a warninglist of role `block` matches its value
 * @param before it qualified until now
 *
 * Additions wait for publication and for tags; what already qualified stays until a rule removes it.
 */
export function qualify(
  support: Support,
  indicatorType: string,
  blocked: boolean,
  before: boolean,
  rules: QualifyRules,
  now: number,
): Reason | null {
  const { attribute, event } = support;
  if (attribute.deleted) return "deleted";
  if (event.deleted) return "event_deleted";
  if (!attribute.toIds) return "to_ids";
  if (rules.withdrawOnUnpublish && event.withdrawn) return "withdrawn";
  const tags = joined(attribute.tags, event.tags);
  if (rules.exceptionComment?.test(attribute.comment) || tags.some(rules.exceptionTag)) return "exception";
  if (!rules.filter(pictureOf(support, indicatorType, tags))) return "filtered";
  if (blocked) return "warninglist";
  return before ? null : entrance(support, rules, now);
}

/** What an addition still waits for. */
function entrance({ attribute, event }: Support, rules: QualifyRules, now: number): Reason | null {
  const heard = inThePast(attribute.heard, now);
  const confirmed = inThePast(event.confirmed, now);
  if (rules.requirePublished && !isPublished({ ...attribute, heard }, { ...event, confirmed })) return "unpublished";
  if (rules.settle > 0 && !event.known) return "event_unknown";
  return now < heard + rules.settle ? "settling" : null;
}

/** What was heard or confirmed in a time to come was so by a clock that was ahead, who knows how long ago. */
function inThePast(time: number, now: number): number {
  return time > now + CLOCKS_DIFFER ? 0 : time;
}

/** Clocks that differ by so much are forgiven, milliseconds. */
const CLOCKS_DIFFER = 60_000;

/**
 * True when the event was published since the attribute was last changed. Of the same second, and of a time that was still to come
 * when REST was asked, only a confirmation that was asked for after the attribute was heard can tell.
 */
function isPublished(attribute: Support["attribute"], event: Support["event"]): boolean {
  if (attribute.timestamp < event.publishedThrough) return true;
  const isToCome = attribute.timestamp * 1000 > event.confirmed + CLOCKS_DIFFER;
  return (isToCome || attribute.timestamp === event.publishedThrough) && attribute.heard < event.confirmed;
}

/** True when asking REST once more can tell whether the attribute was published. */
export function isTie({ attribute, event }: Support, now: number): boolean {
  return (
    attribute.timestamp === event.publishedThrough && inThePast(attribute.heard, now) >= inThePast(event.confirmed, now)
  );
}

function joined(first: readonly string[], second: readonly string[]): readonly string[] {
  if (first.length === 0) return second;
  return second.length === 0 ? first : [...new Set([...first, ...second])];
}

/** The joined picture of an attribute and its event, as filters see it. */
export function pictureOf(
  { attribute, event }: Support,
  indicatorType: string,
  tags = joined(attribute.tags, event.tags),
): Picture {
  return {
    types: indicatorType === attribute.type ? [indicatorType] : [indicatorType, attribute.type],
    tags,
    distribution: reach(attribute.distribution, event.distribution),
    creator: event.creator,
  };
}
