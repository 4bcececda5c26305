import { StandInMisp, type StandInOptions } from "../../src/demo/stand-in/stand-in-misp.ts";

/** How far MISP's clock is behind ours at first, milliseconds: far enough for a long history, and less than any time to live. */
const BEHIND = 12 * 3_600_000;

/** A clock for a MISP that lives fast: it only goes on when it is told to, so that hours of changes pass in seconds. */
export class MispClock {
  #now = Date.now() - BEHIND;

  /** Milliseconds. */
  readonly read = (): number => this.#now;

  /** @throws Error when MISP's time would come near ours, where a courier may not take it for settled */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    if (this.#now > Date.now() - 60_000) throw new Error("the history is too long for its clock");
  }
}

/** A MISP that lives by such a clock, until its scope ends. */
export async function aFastMisp(
  clock: MispClock,
  options: StandInOptions = {},
): Promise<StandInMisp & AsyncDisposable> {
  const misp = await StandInMisp.open({ clock: clock.read, ...options });
  return Object.assign(misp, { [Symbol.asyncDispose]: () => misp.close() });
}
