import { defineConfig } from "vitest/config";

export default defineConfig({
  // Scenarios wait for what a whole courier does, which takes its time on a busy machine; none of them asserts on time.
  test: { include: ["test/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000 },
});
