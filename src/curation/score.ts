import type { ScorePart } from "../model/verdict.ts";
import { ageAt, type Decay, remaining } from "./decay.ts";

/** With nothing known of it, an indicator is worth this much. */
export const NEUTRAL = 50;

/** What is known of an indicator, for its score. */
export interface Evidence {
  /** Of the most trusted organisation that holds it up: 0 to 100, and by which list. */
  organisation: { trust: number; name: string } | undefined;
  /** Numerical values of tags, 0 to 100, of the support that its tags speak best of. */
  tags: readonly { tag: string; value: number }[];
  /** How many organisations saw it, and how many call it a false positive without being enough to withhold it. */
  seenBy: number;
  doubtedBy: number;
  /** Warninglists of role `lower`, with the points that each takes. */
  lowered: readonly { list: string; points: number }[];
  /** The best score that another courier gives it. */
  told?: number | undefined;
}

/** How much of the distance from the neutral middle an organisation's trust, and tags, may move a score. */
const WEIGHT = 0.6;
const SEEN = { points: 4, most: 20 };
const DOUBTED = { points: 10, most: 30 };

/** The score of an indicator of a certain age, in seconds, with its parts. */
export function score(evidence: Evidence, decay: Decay | null, age: number): { score: number; parts: ScorePart[] } {
  const parts = [
    FIRST,
    toldPart(evidence),
    organisationPart(evidence),
    tagsPart(evidence),
    sightingsPart(evidence),
    warninglistsPart(evidence),
  ].filter((part) => part !== undefined);
  const sum = parts.reduce((total, { points }) => total + points, 0);
  const base = Math.min(100, Math.max(0, sum));
  if (base !== sum) parts.push({ name: "bounds", points: base - sum, reason: "a score is between 0 and 100" });
  const left = decay ? Math.round(base * remaining(decay, age)) : base;
  if (left !== base) parts.push({ name: "decay", points: left - base, reason: `${Math.floor(age / 86_400)} days old` });
  return { score: left, parts };
}

/** The age at which the score of undiminished `base` falls under `least`; `undefined` when age does not bring it there. */
export function ageUnder(base: number, least: number, decay: Decay): number | undefined {
  // The stored score is rounded: half a point lower it is still enough, and a trace below that no more.
  return base >= least && least > 0 ? ageAt(decay, (least - 0.500_001) / base) : undefined;
}

const FIRST: ScorePart = { name: "neutral", points: NEUTRAL, reason: "where every indicator begins" };

function toldPart({ told }: Evidence): ScorePart | undefined {
  if (told === undefined || told === NEUTRAL) return undefined;
  return { name: "courier", points: told - NEUTRAL, reason: `another courier gives it ${told}` };
}

function organisationPart({ organisation }: Evidence): ScorePart | undefined {
  if (!organisation) return undefined;
  const points = Math.round((organisation.trust - NEUTRAL) * WEIGHT);
  return { name: "organisation", points, reason: `${organisation.name} has trust ${organisation.trust}` };
}

function tagsPart({ tags }: Evidence): ScorePart | undefined {
  if (tags.length === 0) return undefined;
  const mean = tags.reduce((total, { value }) => total + value, 0) / tags.length;
  const reason = tags.map(({ tag, value }) => `${tag} is worth ${value}`).join(", ");
  return { name: "tags", points: Math.round((mean - NEUTRAL) * WEIGHT), reason };
}

function sightingsPart({ seenBy, doubtedBy }: Evidence): ScorePart | undefined {
  if (seenBy === 0 && doubtedBy === 0) return undefined;
  const up = Math.min(SEEN.most, seenBy * SEEN.points);
  const down = Math.min(DOUBTED.most, doubtedBy * DOUBTED.points);
  const reason = `seen by ${seenBy}, called false by ${doubtedBy} organisations`;
  return { name: "sightings", points: up - down, reason };
}

function warninglistsPart({ lowered }: Evidence): ScorePart | undefined {
  if (lowered.length === 0) return undefined;
  const points = -lowered.reduce((total, { points }) => total + points, 0);
  return { name: "warninglists", points, reason: lowered.map(({ list }) => list).join(", ") };
}
