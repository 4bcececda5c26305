import type { Step } from "../ledger/delta/step.ts";
import type { Indicator } from "../model/indicator.ts";
import { REASONS } from "../model/verdict.ts";
import type { HeardTimes } from "./heard-times.ts";
import type { Show } from "./line.ts";
import { listsOf } from "./list-files.ts";
import type { Standings } from "./standings.ts";

/** What the courier wrote so far; times are milliseconds from heard to written. */
export interface Figures {
  added: number;
  removed: number;
  removals: number[];
}

/** More of one kind in one step than this are told as a number. */
const TOLD = 6;

/** Tells what the courier wrote into the lists, and knows what they hold. */
export class Written {
  readonly figures: Figures = { added: 0, removed: 0, removals: [] };
  readonly #heard: HeardTimes;
  readonly #standings: Standings;
  readonly #show: Show;
  readonly #held = new Set<string>();

  constructor(heard: HeardTimes, standings: Standings, show: Show) {
    this.#heard = heard;
    this.#standings = standings;
    this.#show = show;
  }

  holds(value: string): boolean {
    return this.#held.has(value);
  }

  /** Takes in a step that the target has taken, at `now`. */
  tell({ delta: { add, remove } }: Step, now: number): void {
    const removed = remove.map((indicator) => this.#remove(indicator, now));
    const added = add.map((indicator) => this.#add(indicator, now));
    for (const line of [...told(removed, "removed"), ...told(added, "added")]) this.#show(line);
  }

  #add({ type, value }: Indicator, now: number): Line {
    this.#held.add(value);
    this.figures.added += 1;
    const text = `→ ${listsOf(type).join(", ")}`;
    return { kind: "added", indicator: { type, value }, text, took: this.#took({ type, value }, now) };
  }

  #remove({ type, value }: Indicator, now: number): Line {
    this.#held.delete(value);
    this.figures.removed += 1;
    const took = this.#took({ type, value }, now);
    if (took !== undefined) this.figures.removals.push(took);
    const reason = this.#standings.reasonFor({ type, value });
    return { kind: "removed", indicator: { type, value }, text: reason ? `because ${REASONS[reason]}` : "", took };
  }

  #took({ type, value }: Indicator, now: number): number | undefined {
    const standing = this.#standings.of([value]).find((one) => one.type === type);
    const heard = this.#heard.latest(value, standing?.supports ?? []);
    return heard === undefined ? undefined : now - heard;
  }
}

type Line = Parameters<Show>[0];

function told(lines: readonly Line[], kind: Line["kind"]): Line[] {
  if (lines.length <= TOLD) return [...lines];
  const shown = lines.slice(0, TOLD / 2);
  return [...shown, { kind, text: `and ${lines.length - shown.length} more` }];
}
