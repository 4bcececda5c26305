import { createHash } from "node:crypto";
import type { TargetRules } from "../../curation/wanted.ts";
import type { Delta, Entry } from "../../model/delta.ts";
import type { Indicator } from "../../model/indicator.ts";
import type { Reason } from "../../model/verdict.ts";
import type { Deed } from "./audit.ts";

/** What a target is registered with. */
export interface TargetView {
  name: string;
  rules: TargetRules;
  /** Digest of the rules and of what it shows: another one than last time, and it is compared with the whole ledger. */
  digest: string;
  /** Which far side it is: another one than last time holds nothing yet. */
  place: string;
  /** What of an entry the target shows; a change of it is a renewal. */
  shows: (entry: Entry) => string;
  /** `shows` or the target itself read an entry's origins. */
  origins: boolean;
}

/** A step for one target: a delta, and what to record once the target has it. */
export interface Step {
  delta: Delta;
  /** The target has heard of everything up to here once the delta is applied. */
  position: number;
  /** What was to be removed up to here has been, or is in the delta; never less than `position`. */
  ahead: number;
  /** How often the target had been started over when the step was drawn; after another time, `position` says nothing. */
  restarts: number;
  holdings: readonly Holding[];
  /** What the guard keeps from the target. */
  asides: readonly Aside[];
  /** Indicators that need not be kept aside, or compared again, any longer. */
  settled: readonly number[];
}

/** What comparing one indicator with what a target holds came to; nothing to do where `lack` is missing. */
export interface Comparison {
  id: number;
  revision: number;
  lack: Lack | undefined;
  /** It was kept aside, and what it was kept aside for is no longer so. */
  settled: boolean;
  /** The indicator, where the target neither wants it nor holds it. */
  needless?: Indicator | undefined;
}

/** One thing that a target lacks. */
export type Lack = { holding: Holding } & ({ add: Entry } | { renew: Entry } | { remove: Indicator });

interface Holding extends Indicator {
  id: number;
  /** What the target showed of it so far; `null`: it did not hold it. */
  before: string | null;
  /** What it shows once the step is applied; `null`: it holds it no longer. */
  shown: string | null;
  /** Of a removal: why it is not wanted any more. */
  why: Reason | null;
}

/** How long something is kept aside: until a review ends, or until a person decides. */
export type AsideState = "waiting" | "held";

/** How a guard keeps a change from a target. */
export interface Keeping {
  state: AsideState;
  /** Of what is held: what stands against it, for people. */
  reason: string;
}

/** A change that a target does not get for now. */
export interface Aside extends Keeping {
  id: number;
  revision: number;
  kind: "add" | "remove";
  why: Reason | null;
}

/**
 * Stands for what a target shows of an indicator while a step is under way. A step that fails, or is cut short by a crash,
 * may have had its effect all the same: what is in doubt is sent again, or taken off, whatever becomes of the indicator.
 */
export const IN_DOUBT = "?";

/** Stands for what a target shows of an indicator. */
export function fingerprint(shown: string): string {
  return shown === "" ? "" : createHash("sha1").update(shown).digest("base64url");
}

/** What a step does with one of its holdings. */
export function deedOf({ before, shown }: Holding): Deed {
  if (shown === null) return "remove";
  return before === null || before === IN_DOUBT ? "add" : "renew";
}

/** What targets show of indicators, by their numbers: one statement for all of them costs a fraction of one for each. */
export function asColumn(shown: readonly (readonly [id: number, shown: string])[]): string {
  return JSON.stringify(Object.fromEntries(shown));
}
