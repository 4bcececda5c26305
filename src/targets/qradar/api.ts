import type { Indicator } from "../../model/indicator.ts";
import type { ReferenceSet } from "./sets.ts";

/** What a delta asks of one set. */
export interface SetChange {
  set: ReferenceSet;
  /** To load, whether there already or not. */
  hold: readonly Indicator[];
  drop: readonly Indicator[];
}

/** An indicator that the console will not take, and why. */
export interface Unwanted {
  indicator: Indicator;
  reason: string;
}

/** An element of a set as the console lists it. */
export interface Element {
  value: string;
  /** Who put it there, as the console has it. */
  source: string;
}

/** One of QRadar's two APIs for reference sets. */
export interface SetsApi {
  /**
   * Makes the changes, and makes the sets that are missing.
   * @throws Refused when it refuses without naming the values at fault
   * @throws NotNow when it cannot at the moment
   */
  change(changes: readonly SetChange[], signal: AbortSignal): Promise<readonly Unwanted[]>;
  /**
   * The names of sets that were there and that somebody took away since this was last asked: at the least those that pass.
   * @throws NotNow when it cannot be told at the moment
   */
  lost(concerns: (name: string) => boolean, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * The names that pass of all sets that are there.
   * @throws NotNow when they cannot be told at the moment
   */
  names(concerns: (name: string) => boolean, signal: AbortSignal): Promise<readonly string[]>;
  /** The elements of every set whose name passes. */
  list(concerns: (name: string) => boolean, signal: AbortSignal): AsyncIterable<{ name: string; elements: Element[] }>;
}
