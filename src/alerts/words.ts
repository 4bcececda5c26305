import type { Condition } from "./conditions.ts";

/** One thing to tell a person: a condition began, lasts, or is over. Times are milliseconds. */
export interface Word extends Condition {
  kind: "alert" | "reminder" | "recovery";
  /** The same word has the same id, however often it is sent. */
  id: string;
  since: number;
  at: number;
}

/** A condition of which people were told. */
export interface Raised extends Condition {
  since: number;
  /** When they were last told. */
  told: number;
  /** Since when it is no longer seen; `null`: it is there. */
  gone: number | null;
}

/** A condition that lasts is told again this often, milliseconds. */
const AGAIN = 60 * 60_000;
/** One that comes and goes is over only after so long, milliseconds. */
const SETTLED = 60_000;

/**
 * What is to be told when these conditions are seen, after those were raised: one word a condition, no more than needed.
 * @param early the keys of conditions that are there, and would be too young to be told of
 */
export function wordsFor(
  before: readonly Raised[],
  seen: readonly Condition[],
  now: number,
  early: readonly string[] = [],
): { raised: Raised[]; words: Word[] } {
  const raised = before.map((known) => inThePast(known, now));
  const lasting = seen.map((condition) =>
    toldOf(
      condition,
      raised.find(({ key }) => key === condition.key),
      now,
    ),
  );
  const unseen = raised.filter(({ key }) => !seen.some((condition) => condition.key === key));
  const back = unseen.filter(({ key }) => early.includes(key)).map((known) => ({ ...known, gone: null }));
  const gone = unseen.filter(({ key }) => !early.includes(key));
  const settling = gone.map((known) => ({ ...known, gone: known.gone ?? now }));
  const over = settling.filter((known) => now - known.gone >= SETTLED);
  return {
    raised: [...lasting.map(({ raised }) => raised), ...back, ...settling.filter((known) => !over.includes(known))],
    words: [...lasting.flatMap(({ word }) => word ?? []), ...over.map((known) => wordOf("recovery", known, now))],
  };
}

/** By a clock that was ahead it would be told again, or be over, only once that had come to this time again. */
function inThePast({ since, told, gone, ...condition }: Raised, now: number): Raised {
  const past = (time: number) => Math.min(time, now);
  return { ...condition, since: past(since), told: past(told), gone: gone === null ? null : past(gone) };
}

/** A condition that is seen, and the word on it where one is due. */
function toldOf(condition: Condition, known: Raised | undefined, now: number): { raised: Raised; word?: Word } {
  const since = known?.since ?? now;
  if (known && now - known.told < AGAIN) return { raised: { ...condition, since, told: known.told, gone: null } };
  const raised = { ...condition, since, told: now, gone: null };
  return { raised, word: wordOf(known ? "reminder" : "alert", raised, now) };
}

function wordOf(kind: Word["kind"], { key, sentence, hint, since }: Raised, at: number): Word {
  return { kind, id: `${key}@${since}:${kind}:${at}`, key, sentence, hint, since, at };
}

/** A word as people read it, on a few plain lines. */
export function readable({ kind, sentence, hint, since, at }: Word): string {
  switch (kind) {
    case "alert":
      return `⚠ ${sentence}.\n${hint}`;
    case "reminder":
      return `⚠ Still, since ${time(since)}: ${sentence}.\n${hint}`;
    case "recovery":
      return `✓ Over, after ${Math.max(1, Math.round((at - since) / 60_000))} min: ${sentence}.`;
  }
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/:\d\d\.\d+Z$/, "Z");
}
