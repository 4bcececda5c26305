import type { Parameters } from "fast-check";
import { LONG } from "../faults/trials.ts";

/** How long a property that is asked to do more may take, milliseconds. */
const LONGEST = 240_000;
/** Less than what a test may take: a failing case is made smaller for a while, and is then reported with its seed. */
const USUALLY = 20_000;

/**
 * What `SEED` and `RUNS` of the environment ask for: the same cases again, or more of them.
 * @param long how many in the long run, where that is more than usual
 */
export function runs<Arguments>(usual: number, long = usual): Parameters<Arguments> {
  const { SEED, RUNS } = process.env;
  const seed = SEED === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(SEED);
  const more = LONG || RUNS !== undefined;
  return {
    seed,
    numRuns: Number(RUNS ?? (LONG ? long : usual)),
    interruptAfterTimeLimit: more ? LONGEST : USUALLY,
    // Who asks for more is to hear that it was not done.
    markInterruptAsFailure: more,
  };
}
