import { setTimeout as sleep } from "node:timers/promises";
import type { Plot } from "./cast.ts";
import type { StandInMisp } from "./stand-in/stand-in-misp.ts";
import type { Values } from "./values.ts";

/** What a scene is played with. */
export interface Stage {
  misp: StandInMisp;
  plot: Plot;
  values: Values;
  /** Says what people are about to do. */
  tell(text: string): void;
  /** Lets the audience read; `seconds` of the play, at least `least` seconds on the wall. Rejects when the play is over. */
  pause(seconds: number, least?: number): Promise<void>;
  /** Resolves when a list holds the value, or nobody wants to wait for it any longer. */
  listed(value: string): Promise<void>;
}

/** How long the rules wait for tags: an event published any sooner is not on the lists at once. Seconds. */
export const TAGS_ARE_IN = 2.1;
/** MISP dates thumbs to the second, and of the same second the thumbs-down decides. Seconds. */
export const NEXT_SECOND = 1.1;

/** How long a scene waits for a list at the most, milliseconds. */
const PATIENCE = 6_000;
const LOOK = 50;

/** Pauses that shrink with the speed of the play and end with its signal. */
export function pauses(speed: number, signal: AbortSignal): Stage["pause"] {
  return (seconds, least = 0) => sleep(Math.max(seconds / speed, least) * 1000, undefined, { signal });
}

/** Waits for what `holds` tells of. */
export function waitFor(holds: (value: string) => boolean, signal: AbortSignal): Stage["listed"] {
  return async (value) => {
    for (let waited = 0; !holds(value) && waited < PATIENCE; waited += LOOK) await sleep(LOOK, undefined, { signal });
  };
}
