import type { Parameters } from "fast-check";

/** What `SEED` and `RUNS` of the environment ask for: the same histories again, or more of them. */
export function runs<Arguments>(usual: number): Parameters<Arguments> {
  const { SEED, RUNS } = process.env;
  const seed = SEED === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(SEED);
  // A failing history is made smaller for a while, and reported with its seed before the test's own time is over.
  const interruptAfterTimeLimit = RUNS === undefined ? 20_000 : 600_000;
  return { seed, numRuns: Number(RUNS ?? usual), interruptAfterTimeLimit, markInterruptAsFailure: false };
}
