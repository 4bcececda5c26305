import { type GroupName, groups } from "./figures/index.ts";
import type { Measured } from "./figures/measured.ts";
import { describeMachine, type Report, reportOf } from "./report.ts";
import { Workshop, type WorkshopOptions } from "./workshop.ts";

export interface BenchOptions extends WorkshopOptions {
  /** Which groups of figures to take. */
  only: readonly GroupName[];
  /** Milliseconds. */
  clock: () => number;
  /** Aborted when somebody wants it to stop: everyone is sent home and what was measured so far is reported. */
  signal: AbortSignal;
  /** A group failed; the others go on. */
  failed: (group: GroupName, error: unknown) => void;
}

/** Takes the figures, one group after the other, and reports them. */
export async function runBench(options: BenchOptions): Promise<Report> {
  const { only, clock, sizes, signal, say, failed } = options;
  const surroundings = { machine: describeMachine(), node: process.version, date: new Date(clock()).toISOString() };
  await using workshop = await Workshop.open(options);
  // Whoever waits for a worker hears that it has ended.
  const stop = () => void workshop.dismiss();
  signal.addEventListener("abort", stop, { once: true });
  const measured: Measured = {};
  for (const group of only) {
    if (signal.aborted) break;
    const began = clock();
    try {
      Object.assign(measured, await groups[group](workshop));
      say(`${group}: done in ${Math.round((clock() - began) / 1000)} s`);
    } catch (error) {
      failed(group, error);
    }
  }
  signal.removeEventListener("abort", stop);
  return reportOf(measured, sizes, surroundings);
}
