import { REASONS, type Reason, type Verdict } from "../model/verdict.ts";
import { type Decay, type Decays, decayOf } from "./decay.ts";
import { type Quorum, quorumThumb, type Voice } from "./quorum.ts";
import { ageUnder, score } from "./score.ts";
import { latestThumb, NO_THUMBS, type Thumbs } from "./thumbs.ts";
import { expiry, type TimesToLive } from "./ttl.ts";
import { bestOf, type Worth } from "./worth.ts";

/** What sightings say: the newest of each type, and, where anybody spoke, who. */
export interface Sayings {
  thumbs: Thumbs;
  voices: readonly Voice[];
}

/** One support as a verdict sees it. */
export interface Holder {
  withheld: Reason | null;
  /** The later of attribute timestamp and last_seen, Unix seconds. */
  reference: number;
  /** Sightings of a composite attribute, which count for this support alone. */
  sayings: Sayings | undefined;
  worth: Worth | null;
}

export interface JudgeRules {
  sightings: "latest" | Quorum;
  ttl: TimesToLive;
  /** The TTL tables of targets that have their own: time changes what they hold at other moments. */
  targetTtls: readonly TimesToLive[];
  /** Some target has a filter of its own, and may see some supports alone: each runs out at its own time. */
  targetsFilter: boolean;
  decay: Decays;
  /** The scores under which one target or another lets go. */
  minScores: readonly number[];
}

/** How many points a stored score may be behind its decay. */
const BEHIND = 4;

/** What is to be said of an indicator, from those who hold it up and from the sightings of its value. */
export function judge(
  type: string,
  holders: readonly Holder[],
  sayings: Sayings,
  rules: JudgeRules,
  now: number,
): Verdict {
  const seconds = Math.floor(now / 1000);
  const holding = holders.filter((holder) => reasonAgainst(holder, rules) === null);
  const references = holding.map((holder) => referenceTo(holder, sayings, seconds));
  const reference = latest(references);
  const against = holding.length === 0 ? foremost(holders, rules) : thumbOf(sayings, rules);
  const expires = expiry(rules.ttl, type, reference);
  const withheld = against ?? (expires !== null && expires <= seconds ? "expired" : null);
  // What nothing holds up has no age.
  const decay = holding.length === 0 ? null : decayOf(rules.decay, type);
  // Spelt out: spread, each verdict would be an object of a shape of its own, which takes the engine ten times as long.
  const { organisation, tags, lowered, told } = bestOf(holding.map(({ worth }) => worth));
  const { seenBy, doubtedBy } = opinions(sayings, holding);
  const scored = score({ organisation, tags, lowered, told, seenBy, doubtedBy }, decay, seconds - reference);
  const { score: points, parts } = scored;
  if (against) return { withheld, reference, score: points, parts, due: null };
  const ends = new Set(rules.targetsFilter ? references : [reference]);
  const turns = [
    ...[...ends].flatMap((from) => expiries(type, from, rules)),
    ...(decay ? declines(scored, decay, reference, rules) : []),
  ];
  return { withheld, reference, score: points, parts, due: next(turns, seconds) };
}

/** When age brings a score under one of the scores that matter, Unix seconds. */
function declines(
  { score, parts }: Pick<Verdict, "score" | "parts">,
  decay: Decay,
  reference: number,
  { minScores }: JudgeRules,
): number[] {
  const undiminished = parts.reduce((sum, { name, points }) => (name === "decay" ? sum : sum + points), 0);
  const marks = [...minScores, Math.max(1, score - BEHIND)];
  const ages = marks.map((least) => ageUnder(undiminished, least, decay)).filter((age) => age !== undefined);
  return ages.map((age) => reference + Math.ceil(age));
}

/** The time that the TTL would count from if this support were the only one. */
function referenceTo({ reference, sayings: own }: Holder, { thumbs }: Sayings, seconds: number): number {
  return Math.min(seconds, Math.max(reference, own?.thumbs.seen ?? 0, thumbs.seen));
}

/** Without spreading into `Math.max`: a popular value has more supports than a call has room for arguments. */
function latest(times: readonly number[]): number {
  return times.reduce((newest, time) => Math.max(time, newest), 0);
}

/** What sightings say against something, by the rule that is in force; `null`: nothing. */
export function thumbOf({ thumbs, voices }: Sayings, { sightings }: Pick<JudgeRules, "sightings">): Reason | null {
  return sightings === "latest" ? latestThumb(thumbs) : quorumThumb(voices, sightings);
}

function reasonAgainst({ withheld, sayings }: Holder, rules: JudgeRules): Reason | null {
  return withheld ?? (sayings ? thumbOf(sayings, rules) : null);
}

const RANK = Object.keys(REASONS);

/** Of several supports that do not hold, the reason of the one that came closest. */
function foremost(holders: readonly Holder[], rules: JudgeRules): Reason {
  let best: Reason = "unsupported";
  for (const holder of holders) {
    const reason = reasonAgainst(holder, rules);
    if (reason && RANK.indexOf(reason) < RANK.indexOf(best)) best = reason;
  }
  return best;
}

/**
 * How many organisations say, by their newest word, that it is there, wherever they saw it, and how many that it is not. What is
 * doubted about a pair is doubted of that support alone, and the least doubted one counts.
 */
function opinions({ voices }: Sayings, holding: readonly Holder[]): { seenBy: number; doubtedBy: number } {
  const own = holding.flatMap((holder) => (holder.sayings ? [holder.sayings.voices] : []));
  if (own.length === 0) return { seenBy: seeing(voices), doubtedBy: doubting(voices) };
  const views = own.map((said) => together([voices, said]));
  if (own.length < holding.length) views.push(voices);
  const doubtedBy = views.map(doubting).reduce((least, count) => Math.min(least, count));
  return { seenBy: seeing(together([voices, ...own])), doubtedBy };
}

type Words = Pick<Voice, "seen" | "falsePositive">;

function seeing(voices: readonly Words[]): number {
  return voices.filter(({ seen, falsePositive }) => seen > falsePositive).length;
}

function doubting(voices: readonly Words[]): number {
  return voices.filter(({ seen, falsePositive }) => falsePositive > 0 && falsePositive >= seen).length;
}

/** Each organisation once, with its newest words. */
function together(spoken: readonly (readonly Voice[])[]): readonly Words[] {
  const byOrganisation = new Map<number, Words>();
  for (const voice of spoken.flat()) {
    const { seen, falsePositive } = byOrganisation.get(voice.organisation) ?? NO_THUMBS;
    byOrganisation.set(voice.organisation, {
      seen: Math.max(seen, voice.seen),
      falsePositive: Math.max(falsePositive, voice.falsePositive),
    });
  }
  return [...byOrganisation.values()];
}

function expiries(type: string, reference: number, { ttl, targetTtls }: JudgeRules): number[] {
  return [ttl, ...targetTtls].map((table) => expiry(table, type, reference)).filter((time) => time !== null);
}

function next(times: readonly number[], seconds: number): number | null {
  const ahead = times.filter((time) => time > seconds);
  return ahead.length === 0 ? null : ahead.reduce((one, other) => Math.min(one, other));
}
