import { memo } from "../model/memo.ts";

/**
 * What MISP's taxonomies say a tag is worth, 0 to 100, by the part of the tag before its value. The scales of different
 * taxonomies are not the same thing, but all of them put trust at the upper end (of `false-positive:risk`, low risk is high).
 * Numbers that say something else than trust, such as those of `misp:threat-level`, are left out.
 */
const TAXONOMIES: Record<string, Record<string, number>> = {
  "admiralty-scale:source-reliability": { a: 100, b: 75, c: 50, d: 25, e: 0, f: 50, g: 0 },
  "admiralty-scale:information-credibility": { "1": 100, "2": 75, "3": 50, "4": 25, "5": 0, "6": 50 },
  "estimative-language:likelihood-probability": {
    "almost-no-chance": 0,
    "very-unlikely": 5,
    unlikely: 20,
    "roughly-even-chance": 45,
    likely: 55,
    "very-likely": 80,
    "almost-certain": 95,
  },
  "estimative-language:confidence-in-analytic-judgment": { low: 0, moderate: 55, high: 95 },
  "false-positive:risk": { low: 75, medium: 50, high: 25, "cannot-be-judged": 25 },
  "false-positive:confirmed": { true: 0, false: 50 },
  "misp:confidence-level": {
    "completely-confident": 100,
    "usually-confident": 75,
    "fairly-confident": 50,
    "rarely-confident": 25,
    unconfident: 0,
    "confidence-cannot-be-evaluated": 50,
  },
};

const MACHINE_TAG = /^([^:="]+:[^:="]+)="([^"]+)"$/;

export interface TagValue {
  tag: string;
  value: number;
}

/** A tag's value, and the taxonomy that it stands in. */
interface Valued {
  base: string;
  worth: TagValue;
}

/** The tags that have a numerical value. An attribute's own tag of a taxonomy stands in the place of its event's. */
export function tagValues(attributeTags: readonly string[], eventTags: readonly string[]): readonly TagValue[] {
  if (attributeTags.length + eventTags.length === 0) return NONE;
  const own = attributeTags.flatMap(valued);
  const inherited = eventTags.flatMap(valued).filter(({ base }) => !own.some((tag) => tag.base === base));
  return [...own, ...inherited].map(({ worth }) => worth);
}

const NONE: readonly TagValue[] = [];

const valued = memo((tag): readonly Valued[] => {
  const [, base = "", name = ""] = MACHINE_TAG.exec(tag.toLowerCase()) ?? [];
  const scale = Object.hasOwn(TAXONOMIES, base) ? TAXONOMIES[base] : undefined;
  const value = scale && Object.hasOwn(scale, name) ? scale[name] : undefined;
  return value === undefined ? [] : [{ base, worth: { tag, value } }];
});
