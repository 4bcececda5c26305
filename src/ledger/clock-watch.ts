/** A clock that is corrected by less does no harm, milliseconds: what ran out so much too early would have run out by now. */
const TOLERANCE = 60_000;

/** Notices a clock that was ahead and is set back: what was judged meanwhile may have run out years too early. */
export class ClockWatch {
  #latest: number;

  /** @param latest the latest time known to have been judged by, milliseconds */
  constructor(latest: number) {
    this.#latest = latest;
  }

  /** Whether it is now, milliseconds, well before a time that was judged by; said once. */
  wentBack(now: number): boolean {
    const back = now < this.#latest - TOLERANCE;
    this.#latest = back ? now : Math.max(this.#latest, now);
    return back;
  }
}
