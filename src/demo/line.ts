import type { Indicator } from "../model/indicator.ts";

/**
 * One thing to show of the demonstration: what people do, what MISP said of it, why something is not on a list, what was
 * written, how long the lists are, and a word of the courier's log. Texts may come from strangers.
 */
export interface DemoLine {
  kind: "story" | "heard" | "decided" | "added" | "removed" | "lists" | "log";
  /** Milliseconds since the demonstration began. */
  at: number;
  text: string;
  /** What it is about, where it is about one indicator. */
  indicator?: Indicator;
  /** From heard to written, milliseconds, where both are known. */
  took?: number | undefined;
}

/** Takes a line; its time is added on the way. */
export type Show = (line: Omit<DemoLine, "at">) => void;
