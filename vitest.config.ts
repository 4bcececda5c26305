import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Scenarios wait for what a whole courier does, which takes its time on a busy machine; none of them asserts on time.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // For the same reason most of their time passes in waiting: more of them than there are cores get along.
    maxWorkers: 2 * availableParallelism(),
    // Each file importing everything anew is a third of the time; no room keeps in a module's own variables what it could not compute again.
    isolate: false,
  },
});
