/** A change is too large if it is above the percentage of what the target holds, and also above the number. */
export interface MassLimit {
  percent: number;
  at_least: number;
}

/** What one target may lose or gain at once; `null`: no limit. */
export interface MassLimits {
  max_removed: MassLimit;
  max_added: MassLimit | null;
  never_empty: boolean;
}

/** Changes that come bit by bit count together for so long, milliseconds. */
const WINDOW = 3_600_000;

/** Counts what has passed within the last hour, and decides whether more may. One for each kind of change of a target. */
export class Allowance {
  readonly #limit: MassLimit;
  readonly #clock: () => number;
  readonly #passed: { at: number; count: number }[] = [];
  readonly #spared: { at: number; count: number }[] = [];

  constructor(limit: MassLimit, clock: () => number) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Asks whether `count` changes may pass together. Small changes may pass even when the limit is reached, so that they are not held
   * because of a mass before them; these have a limit of their own.
   * @param held how much the target holds now
   * @returns why not, as a sentence for people; `null`: they may pass, and are counted
   */
  pass(count: number, held: () => number): string | null {
    const { percent, at_least } = this.#limit;
    const recent = this.#recent(this.#passed);
    const all = recent + count;
    if (all <= at_least || all * 100 <= percent * (held() + recent)) {
      this.#passed.push({ at: this.#clock(), count });
      return null;
    }
    if (this.#recent(this.#spared) + count <= at_least) {
      this.#spared.push({ at: this.#clock(), count });
      return null;
    }
    const before = recent > 0 ? `, and ${recent} within the hour before,` : "";
    return `${count} of ${held()}${before} are more than ${percent} % and more than ${at_least}`;
  }

  #recent(passed: { at: number; count: number }[]): number {
    const now = this.#clock();
    const since = now - WINDOW;
    // Counted by a clock that was ahead, it would count until that time comes again.
    for (const change of passed) change.at = Math.min(change.at, now);
    while (passed.length > 0 && (passed[0]?.at ?? 0) <= since) passed.shift();
    return passed.reduce((sum, { count }) => sum + count, 0);
  }
}
