import type { Parameters } from "fast-check";
import { LONG } from "../faults/trials.ts";

/** How long a property that is asked to do more may take, milliseconds. */
const LONGEST = 240_000;
/** Less than what a test may take: a failing case is made smaller for a while, and is then reported with its seed. */
const USUALLY = 20_000;

/**
 * What `RUNS` of the environment asks for: more cases.
 * @param long how many in the long run, where that is more than usual
 */
export function runs<Arguments>(usual: number, long = usual): Parameters<Arguments> {
  const { RUNS } = process.env;
  const more = LONG || RUNS !== undefined;
  return {
    numRuns: Number(RUNS ?? (LONG ? long : usual)),
    interruptAfterTimeLimit: more ? LONGEST : USUALLY,
    // Who asks for more is to hear that it was not done.
    markInterruptAsFailure: more,
  };
}
