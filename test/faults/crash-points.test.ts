import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aFolder } from "../support/a-folder.ts";
import { Chance } from "./chance.ts";
import { ChildCourier } from "./child-courier.ts";
import { amiss } from "./converged.ts";
import { Flood } from "./flood.ts";
import { aFastMisp, MispClock } from "./misp-clock.ts";
import { announce, LONG, SEED } from "./trials.ts";
import { Watch } from "./watch.ts";

const DYING = `--import=${new URL("dying.mjs", import.meta.url)}`;
/** How many rounds of changes a courier lives through, and how many changes each has. */
const ROUNDS = 2;
const CHANGES = 8;
const SIDE_BY_SIDE = 4;
/** Of the steps that leave a trace on the disk, every how manieth is died at. */
const EVERY = LONG ? 6 : 70;

test("killed at any step of save, apply and record, a courier goes on without loss and without a wrong entry", {
  timeout: 400_000,
}, async () => {
  const folder = aFolder();
  const steps = await stepsOf(join(folder, "counted"));
  expect(new Set(steps)).toEqual(
    new Set([
      "before a commit",
      "after a commit",
      "in the middle of a file",
      "after a file",
      "before a rename",
      "after a rename",
    ]),
  );
  const first = 1 + (SEED % EVERY);
  const points = Array.from({ length: Math.ceil((steps.length - first) / EVERY) }, (_, index) => first + index * EVERY);
  const wrong: string[] = [];
  const died: string[] = [];
  const trials = points.values();
  const worker = async () => {
    for (const point of trials) {
      const outcome = await diesAt(join(folder, `${point}`), point);
      died.push(...outcome.died);
      wrong.push(...outcome.wrong.map((line) => `${point}: ${line}`));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  announce(`crash points: ${died.length} of ${steps.length} steps, lost or wrong ${wrong.length}, seed ${SEED}`);
  expect(wrong).toEqual([]);
  expect(died.length).toBeGreaterThan(0);
});

/** The steps of a courier that nothing happens to, by name. */
async function stepsOf(directory: string): Promise<string[]> {
  const file = `${directory}.steps`;
  expect((await live(directory, { STEPS: file })).wrong).toEqual([]);
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}

async function diesAt(directory: string, point: number): Promise<{ died: string[]; wrong: string[] }> {
  return live(directory, { DIE_AT: `${point}`, DIED: `${directory}.died` });
}

/** The same changes each time; wherever the courier dies, it is started again, as a service is. */
async function live(directory: string, fate: Record<string, string>): Promise<{ died: string[]; wrong: string[] }> {
  const clock = new MispClock();
  await using misp = await aFastMisp(clock);
  await using flood = new Flood(misp, clock, new Chance(7));
  await using courier = new ChildCourier(directory, misp);
  await using watch = new Watch(courier.lists, flood);
  flood.change(CHANGES);
  courier.start(fate, [DYING]);
  const wrong: string[] = [];
  for (let round = 0; round < ROUNDS && wrong.length === 0; round += 1) {
    await courier.hears();
    flood.change(CHANGES);
    await Promise.race([courier.gone(), amiss(courier, watch, () => flood.wanted)]);
    if (!courier.running) courier.start();
    wrong.push(...(await amiss(courier, watch, () => flood.wanted)));
  }
  await courier.stop();
  const died = fate.DIED && existsSync(fate.DIED) ? readFileSync(fate.DIED, "utf8").split("\n").slice(0, -1) : [];
  return { died, wrong: [...wrong, ...watch.wrong, ...courier.bugs] };
}
