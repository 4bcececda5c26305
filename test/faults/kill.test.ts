import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { aFolder } from "../support/a-folder.ts";
import { Chance } from "./chance.ts";
import { ChildCourier } from "./child-courier.ts";
import { converged } from "./converged.ts";
import { Flood } from "./flood.ts";
import { aFastMisp, MispClock } from "./misp-clock.ts";
import { announce, LONG, SEED } from "./trials.ts";
import { Watch } from "./watch.ts";

/** How many couriers are killed side by side, and how often each. */
const TRIALS = LONG ? { couriers: 3, kills: 20 } : { couriers: 2, kills: 2 };
/** The latest moment after a start, milliseconds: some are killed before they hear, some in the middle of a flood. */
const LATEST = 1_600;

test("a courier that is killed again and again in a flood of changes loses nothing and does nothing wrong", {
  timeout: 300_000,
}, async () => {
  const folder = aFolder();
  const seeds = Array.from({ length: TRIALS.couriers }, (_, index) => SEED + index);
  const outcomes = await Promise.all(seeds.map((seed) => killed(join(folder, `${seed}`), seed)));
  const of = (count: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + count(outcome), 0);
  const kills = `kill trials: ${of(({ kills }) => kills)}`;
  const damage = `lost ${of(({ lost }) => lost.length)}, wrong ${of(({ wrong }) => wrong.length)}`;
  announce(`${kills}, ${damage}, changes ${of(({ changes }) => changes)}, seed ${SEED}`);
  expect(outcomes.flatMap(({ lost, wrong, because }) => [...lost, ...wrong, ...because])).toEqual([]);
});

interface Outcome {
  kills: number;
  changes: number;
  lost: string[];
  wrong: string[];
  because: string[];
}

/** One courier that is killed at random moments; after each the changes pause until it has made up for all. */
async function killed(directory: string, seed: number): Promise<Outcome> {
  const clock = new MispClock();
  const chance = new Chance(seed);
  await using misp = await aFastMisp(clock);
  await using flood = new Flood(misp, clock, chance);
  await using courier = new ChildCourier(directory, misp);
  await using watch = new Watch(courier.lists, flood);
  const outcome: Outcome = { kills: 0, changes: 0, lost: [], wrong: [], because: [] };
  courier.start();
  while (outcome.kills < TRIALS.kills && outcome.because.length === 0) {
    flood.flow();
    await pause(chance.below(LATEST));
    await courier.kill();
    outcome.kills += 1;
    courier.start();
    await pause(chance.below(400));
    await flood.rest();
    const end = await converged(courier, watch, () => flood.wanted);
    outcome.lost.push(...end.lost);
    outcome.wrong.push(...end.wrong);
    outcome.because.push(...end.wrong.flatMap((key) => flood.fates.get(key) ?? []), ...end.because);
  }
  return { ...outcome, changes: flood.changes, wrong: [...outcome.wrong, ...watch.wrong, ...courier.bugs] };
}
