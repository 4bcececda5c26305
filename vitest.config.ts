import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const LONG = process.env.COURIER_LONG === "1" || process.env.UPDATE_DOCS === "1";

/** Tests of whole couriers, which mostly wait, begin first: at the end there would be nothing left to do meanwhile. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = ({ moduleId }: TestSpecification) => /\/test\/(scenarios|faults|recordings)\//.test(moduleId);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/same-cases.ts"],
    // A table of the documentation, which takes as long as a tenth of all others to take again: for the gate, and `npm run docs`.
    exclude: LONG ? [] : ["test/targets/costs.test.ts"],
    // Scenarios wait for what a whole courier does, which takes its time on a busy machine; none of them asserts on time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 40_000 } },
    // For the same reason most of their time passes in waiting: more of them than there are cores get along.
    maxWorkers: 6 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Each file importing everything anew is a third of the time; no room keeps in a module's own variables what it could not compute again.
    isolate: false,
  },
});
