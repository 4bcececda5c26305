import { expect, test } from "vitest";
import { type BenchOptions, runBench } from "../../src/bench/bench.ts";
import type { GroupName } from "../../src/bench/figures/index.ts";
import { readOptions } from "../../src/bench/options.ts";
import { figureNames } from "../../src/bench/report.ts";
import type { Sizes } from "../../src/bench/sizes.ts";
import { hireHere } from "./hire-here.ts";

const TINY: Sizes = {
  flood: { pairs: 1, messages: 300, keys: 100 },
  ledger: 300,
  loss: { rate: 500, seconds: 1, burst: 300 },
  thumb: { held: 200, thumbs: 2, load: 50, idle: 0.1 },
  firstLoads: [50, 100, 150],
  deadChanges: 300,
  change: { ledgers: [50, 300, 100], rounds: 1, changes: 5 },
  curation: { events: 3, singles: 2, ahead: 2 },
  calm: 2_000,
};

function bench(only: readonly GroupName[], more: Partial<BenchOptions> = {}) {
  const failures: unknown[] = [];
  const options: BenchOptions = {
    only,
    sizes: TINY,
    hire: hireHere,
    say: () => undefined,
    clock: Date.now,
    signal: new AbortController().signal,
    failed: (_, error) => failures.push(error),
    ...more,
  };
  return runBench(options).then((report) => ({ report, failures }));
}

test("a run takes every figure of the catalogue, and loses nothing", { timeout: 120_000 }, async () => {
  const { report, failures } = await bench(readOptions([])?.only ?? []);
  expect(failures).toEqual([]);
  expect(Object.keys(report.figures)).toEqual(figureNames);
  const values = Object.values(report.figures).map(({ value }) => value);
  expect(values.every(Number.isFinite)).toBe(true);
  expect(report.figures["lost-paced"]?.value).toBe(0);
  expect(report.figures["lost-burst"]?.value).toBe(0);
  expect(report.figures["missing-after-catch-up"]?.value).toBe(0);
});

test("a group that fails is reported, and leaves the others their figures", { timeout: 60_000 }, async () => {
  const { report, failures } = await bench(["change", "first-load"], {
    hire: async (role, options) => {
      if (role === "ledger") throw new Error("nobody can be found");
      return hireHere(role, options);
    },
  });
  expect(failures).toEqual([new Error("nobody can be found")]);
  expect(Object.keys(report.figures)).toEqual(figureNames.filter((name) => name.startsWith("first-load")));
});

test("nothing more is begun once it was stopped", async () => {
  const { report, failures } = await bench(["flood"], { signal: AbortSignal.abort() });
  expect(failures).toEqual([]);
  expect(report.figures).toEqual({});
});
