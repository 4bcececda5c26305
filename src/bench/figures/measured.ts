import type { FigureName } from "../catalog.ts";
import type { Workshop } from "../workshop.ts";

/** One figure as it was taken, and the single runs that it is drawn from. */
export interface Taken {
  value: number;
  runs: readonly number[];
}

/** What a group of measurements found. */
export type Measured = Partial<Record<FigureName, Taken>>;

/** A group of measurements that share a set-up. */
export type Measure = (workshop: Workshop) => Promise<Measured>;
