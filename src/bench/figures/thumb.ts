import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { StandInMisp } from "../../demo/stand-in/stand-in-misp.ts";
import { median, percentile } from "../measure.ts";
import { indicatorAt } from "../messages.ts";
import type { Place } from "../place.ts";
import { attributesFrom, populateSilently } from "../populate.ts";
import { caughtUp, courierState, goalReached } from "../workers/courier.ts";
import type { Worker } from "../workers/question.ts";
import { openMisp, secondsAgo, type Workshop } from "../workshop.ts";
import type { Measure } from "./measured.ts";

/** How long an analyst's thumbs-down takes to the files, and what the courier costs while nobody gives one. */
export const thumb: Measure = async (workshop) => {
  const { held, thumbs, load } = workshop.sizes.thumb;
  await using misp = await openMisp();
  const place = workshop.place();
  const population = populateSilently(misp, held);
  workshop.say(`thumbs: loading ${held} indicators`);
  await using courier = await workshop.courier(place, { misp }, { saved: 0, added: held });
  await courier.ask(goalReached, {});
  await courier.ask(caughtUp, { times: 1 });
  workshop.say("thumbs: watching an idle courier");
  const idleCpu = await idleShare(workshop, courier);
  const give = (count: number, from: number) => {
    const chosen = Array.from({ length: count }, (_, index) => Math.floor(((index + from) * held) / count));
    return giveThumbs(
      misp,
      place,
      chosen.map((index) => ({ id: population.attributes[index] ?? 0, number: index + 1 })),
    );
  };
  workshop.say("thumbs: on an idle courier");
  const idle = await give(thumbs, 0);
  workshop.say("thumbs: on a busy courier");
  using _load = loadWith(misp, load, held + 1);
  const busy = await give(thumbs, 0.5);
  return {
    "thumb-idle-p50": { value: median(idle), runs: idle },
    "thumb-idle-p99": { value: percentile(idle, 0.99), runs: idle },
    "thumb-busy-p50": { value: median(busy), runs: busy },
    "thumb-busy-p99": { value: percentile(busy, 0.99), runs: busy },
    "idle-cpu": { value: idleCpu, runs: [idleCpu] },
  };
};

/** Percent of a core. */
async function idleShare({ sizes }: Workshop, courier: Worker): Promise<number> {
  // What the first load left behind (garbage, a checkpoint) is not what an idle courier costs.
  await pause(sizes.calm);
  const began = performance.now();
  const before = await courier.ask(courierState, {});
  await pause(sizes.thumb.idle * 1000);
  const after = await courier.ask(courierState, {});
  return ((after.cpu - before.cpu) / 1000 / (performance.now() - began)) * 100;
}

interface Chosen {
  id: number;
  /** Which of the indicators its value is. */
  number: number;
}

/** Gives one thumbs-down after the other; milliseconds each, until its value is out of the file. */
async function giveThumbs(misp: StandInMisp, place: Place, chosen: readonly Chosen[]): Promise<number[]> {
  const times: number[] = [];
  for (const { id, number } of chosen) {
    const { type, value } = indicatorAt(number);
    const began = performance.now();
    misp.sight(id, { type: 1 });
    await gone(join(place.lists, `${type}.csv`), value);
    times.push(performance.now() - began);
    // No two at the same moment of whatever the courier does at intervals.
    await pause(20 + (number % 37));
  }
  return times;
}

/** How long a thumb may take before something is wrong, milliseconds. */
const PATIENCE = 60_000;

async function gone(file: string, value: string): Promise<void> {
  const line = Buffer.from(`\n${value}\n`);
  const end = performance.now() + PATIENCE;
  // A file that is replaced is another file each time.
  for (let seen = ""; performance.now() < end; await pause(1)) {
    const { ino, mtimeMs } = statSync(file);
    const version = `${ino} ${mtimeMs}`;
    if (version === seen) continue;
    seen = version;
    if (!readFileSync(file).includes(line)) return;
  }
  throw new Error(`${value} is still in ${file} after ${PATIENCE / 1000} seconds`);
}

const TICK = 20;

/** Adds so many new attributes a second to one event, until it is disposed of. */
function loadWith(misp: StandInMisp, rate: number, first: number): Disposable {
  const { id } = misp.addEvent({ info: "A busy afternoon" });
  const began = performance.now();
  let added = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * rate);
    misp.addAttributes(id, attributesFrom(first + added, due - added, secondsAgo(0)));
    added = due;
  }, TICK);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
