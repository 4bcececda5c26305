import { expect } from "vitest";
import type { Delta, Entry, Refusal } from "../../src/model/delta.ts";
import type { Indicator } from "../../src/model/indicator.ts";
import type { Target } from "../../src/targets/target.ts";
import { aDelta, anEntry } from "../support/entries.ts";

/** A target and what it talks to, both fresh and empty, for one test. */
export interface FarSide {
  target: Target;
  /** The indicators that are there now; one that is there twice stands here twice. */
  held(): Promise<readonly Indicator[]>;
  close(): Promise<void>;
}

/** What the suite has to know of a kind of target. What is left out is not tested. */
export interface UnderTest<Far extends FarSide> {
  open(): Promise<Far>;
  /** The nth of any number of different entries that the target takes. Default: domains. */
  sample?(n: number): Entry;
  /** The same entry, seen by the far side as changed. Default: another expiry and score. */
  renewed?(entry: Entry): Entry;
  /** Everything that a write would change, modification times included. */
  trace?(far: Far): Promise<unknown>;
  /** Makes the far side unavailable; the returned function brings it back. */
  outage?(far: Far): Promise<() => Promise<void>>;
  /** Puts something of somebody else's there; the returned function tells whether it is still there. */
  foreign?(far: Far): Promise<() => Promise<boolean>>;
  /** Entries that the target must refuse. */
  unacceptable?: readonly Entry[];
  /** A type whose values may be any text. */
  freeTextType?: string;
  /** What must not stand in any message: tokens, passwords. */
  secrets?: readonly string[];
}

/** Three different entries that the target takes. */
export function samples<Far extends FarSide>({ sample }: UnderTest<Far>): [Entry, Entry, Entry] {
  const nth = sample ?? ((n: number) => anEntry({ value: `host-${n}.example` }));
  return [nth(1), nth(2), nth(3)];
}

/** Runs a test against a far side of its own, and closes both target and far side. */
export async function withFarSide<Far extends FarSide>(subject: UnderTest<Far>, use: (far: Far) => Promise<void>) {
  const far = await subject.open();
  try {
    await use(far);
  } finally {
    await far.target.close?.();
    await far.close();
  }
}

/** Applies a delta with these parts. */
export function apply(far: FarSide, parts: Partial<Delta>): Promise<readonly Refusal[]> {
  return far.target.apply(aDelta(parts), new AbortController().signal);
}

/** Fails unless the far side has just these indicators, each once. */
export async function expectHeld(far: FarSide, entries: readonly Indicator[]): Promise<void> {
  expect(keys(await far.held())).toEqual(keys(entries));
}

/** Fails if an error or a list of refusals tells one of the secrets. */
export function expectNoSecret(told: unknown, { secrets = [] }: { secrets?: readonly string[] }): void {
  const text = told instanceof Error ? `${told.message} ${told.stack} ${JSON.stringify(told)}` : JSON.stringify(told);
  for (const secret of secrets) expect(text).not.toContain(secret);
}

/** Indicators as texts that compare, in one order. */
export function keys(indicators: readonly Indicator[]): string[] {
  return indicators.map(key).sort();
}

/** An indicator as a text that compares. */
export function key({ type, value }: Indicator): string {
  return JSON.stringify([type, value]);
}
