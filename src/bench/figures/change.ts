import type { FigureName } from "../catalog.ts";
import { median } from "../measure.ts";
import { change as makeChanges } from "../workers/ledger.ts";
import type { Worker } from "../workers/question.ts";
import { secondsAgo, type Workshop } from "../workshop.ts";
import type { Measure, Measured } from "./measured.ts";

const NAMES = ["change-small", "change-large", "change-largest"] as const satisfies readonly FigureName[];

/** What one change of one attribute costs, in ledgers of different sizes. */
export const change: Measure = async (workshop) => {
  const { ledgers, rounds } = workshop.sizes.change;
  const benches: { name: FigureName; size: number; worker: Worker; costs: number[] }[] = [];
  for (const [index, size] of ledgers.entries()) {
    const name = NAMES[index];
    if (name) benches.push({ name, size, worker: await ledgerOf(workshop, size), costs: [] });
  }
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    workshop.say(`one change: round ${round} of ${rounds}`);
    for (const { size, worker, costs } of benches) {
      const cost = await costIn(workshop, worker, size);
      if (round > 0) costs.push(cost);
    }
  }
  for (const { worker } of benches) await worker[Symbol.asyncDispose]();
  const measured: Measured = {};
  for (const { name, costs } of benches) measured[name] = { value: median(costs), runs: costs };
  return { ...measured, ...ratioOf(benches.map(({ costs }) => costs)) };
};

async function ledgerOf(workshop: Workshop, size: number): Promise<Worker> {
  const { place } = await workshop.stock(size);
  return workshop.hire("ledger", { configFile: place.configFile });
}

async function costIn({ sizes }: Workshop, worker: Worker, size: number): Promise<number> {
  const { cpu } = await worker.ask(makeChanges, { changes: sizes.change.changes, of: size, at: secondsAgo(0) });
  return cpu;
}

function ratioOf(costs: readonly (readonly number[])[]): Measured {
  const [small = [], ...larger] = costs;
  const ratios = (larger.at(-1) ?? []).map((cost, round) => cost / (small[round] ?? Number.NaN));
  return ratios.length > 0 ? { "change-ratio": { value: median(ratios), runs: ratios } } : {};
}
