import type { FigureName } from "../catalog.ts";
import { wallClock } from "../measure.ts";
import { populateSilently } from "../populate.ts";
import { courierState, goalReached } from "../workers/courier.ts";
import { openMisp, type Workshop } from "../workshop.ts";
import type { Measure, Measured } from "./measured.ts";

const NAMES = ["first-load-small", "first-load-large", "first-load-largest"] as const satisfies readonly FigureName[];

/** How long a new courier takes until the lists hold what a MISP has. */
export const firstLoad: Measure = async (workshop) => {
  const measured: Measured = {};
  for (const [index, size] of workshop.sizes.firstLoads.entries()) {
    const name = NAMES[index];
    if (!name) break;
    workshop.say(`first load: ${size} attributes`);
    const { seconds, memory } = await load(workshop, size);
    measured[name] = { value: seconds, runs: [seconds] };
    if (name === "first-load-large") measured["first-load-memory"] = { value: memory, runs: [memory] };
  }
  return measured;
};

async function load(workshop: Workshop, size: number): Promise<{ seconds: number; memory: number }> {
  await using misp = await openMisp();
  populateSilently(misp, size);
  const began = wallClock();
  await using courier = await workshop.courier(
    workshop.place(),
    { misp, requirePublished: true },
    { saved: 0, added: size },
  );
  const { addedAt } = await courier.ask(goalReached, {});
  const { mostMemory } = await courier.ask(courierState, {});
  return { seconds: (addedAt - began) / 1000, memory: mostMemory / 1e6 };
}
