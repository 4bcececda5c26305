import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Action, histories } from "../model/actions.ts";
import { type OracleRules, RULES } from "../model/oracle.ts";
import { World } from "../model/world.ts";
import { aFolder } from "../support/a-folder.ts";
import { ChildCourier } from "./child-courier.ts";
import { amiss, catchUp, settled } from "./converged.ts";
import { LostWords } from "./lost-words.ts";
import { aFastMisp, MispClock } from "./misp-clock.ts";
import { announce, LONG, SEED } from "./trials.ts";
import { type Trouble, Troubles, troubles } from "./troubles.ts";
import { Watch } from "./watch.ts";

/** How many histories a courier lives through, one after the other, each of which ends in calm. */
const ROUNDS = LONG ? 10 : 2;
/** How many couriers, of which one half runs beside the other. */
const COURIERS = LONG ? 12 : 2;
const SIDE_BY_SIDE = LONG ? 4 : 2;
const LENGTH = 16;

interface Step {
  action: Action;
  trouble: Trouble | null;
  /** Milliseconds of ours. */
  pause: number;
}

/** A history in which something may go wrong before each action. */
function troubled(): fc.Arbitrary<Step[]> {
  const trouble = fc.option(troubles(), { freq: 2 });
  const pauses = fc.constantFrom(0, 0, 20, 120);
  const told = fc.tuple(fc.infiniteStream(trouble), fc.infiniteStream(pauses));
  return fc.tuple(histories(LENGTH, { ties: false }), told).map(([actions, [wrong, waits]]) =>
    actions.map((action) => ({
      action: seenByRest(action),
      trouble: wrong.next().value ?? null,
      pause: waits.next().value ?? 0,
    })),
  );
}

/**
 * A local tag leaves no trace in MISP's list of events: who did not hear of it learns it with the event's next change, unless it is
 * one that excludes.
 */
function seenByRest(action: Action): Action {
  const wait = Math.min(action.wait, 5_000);
  return "local" in action ? { ...action, wait, local: false } : { ...action, wait };
}

test("a real courier ends every history of troubles with what the oracle says, and on the way takes nothing off wrongly", {
  timeout: 900_000,
}, async () => {
  const folder = aFolder();
  const seeds = Array.from({ length: COURIERS }, (_, index) => SEED + index).values();
  const figures = { histories: 0, troubles: 0, kills: 0 };
  const worker = async () => {
    for (const seed of seeds) {
      const rules = RULES[seed % RULES.length];
      const lives = fc.array(troubled(), { minLength: ROUNDS, maxLength: ROUNDS });
      const property = fc.asyncProperty(lives, async (life) => {
        expect(await live(join(folder, `${seed}-${figures.histories}`), life, rules)).toEqual([]);
        const wrong = life.flat().flatMap(({ trouble }) => trouble ?? []);
        figures.histories += life.length;
        figures.troubles += wrong.length;
        figures.kills += wrong.filter(({ goesWrong }) => goesWrong === "kill").length;
      });
      // A life takes seconds: SHRINK=1 looks for a smaller one that fails, else the seed has to do.
      await fc.assert(property, { seed, numRuns: 1, endOnFailure: process.env.SHRINK !== "1" });
    }
  };
  try {
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  } finally {
    const { histories, troubles, kills } = figures;
    announce(`fault histories: ${histories}, troubles ${troubles}, of these kills ${kills}, seed ${SEED}`);
  }
});

/** @returns what is not as it should be, as lines */
async function live(directory: string, life: readonly Step[][], rules: OracleRules | undefined): Promise<string[]> {
  if (!rules) throw new Error("there are no rules");
  const clock = new MispClock();
  await using misp = await aFastMisp(clock, { settle: 150 });
  const world = new World(misp, rules, clock.read);
  await using courier = new ChildCourier(directory, misp, {
    filter: rules.filter,
    indicators: { exceptions: { comment: "SOC Exception", tags: rules.exceptionTags } },
  });
  const wishes = new LostWords(world);
  await using watch = new Watch(courier.lists, wishes);
  const wrong = new Troubles(misp, courier);
  courier.start();
  for (const history of life) {
    for (const { action, trouble, pause: time } of history) {
      if (trouble) await wrong.begin(trouble);
      clock.pass(action.wait);
      world.settle();
      world.perform(action);
      wishes.follow();
      await pause(time);
    }
    await wrong.calm();
    publishAll(world, clock);
    wishes.follow();
    await misp.flushed();
    await catchUp(courier);
    await settled(courier);
    const lines = await amiss(courier, watch, () => [...world.desired().exactly].sort());
    if (lines.length > 0) return lines;
    wishes.calm();
  }
  return [...watch.wrong, ...courier.bugs];
}

/** Each event is changed and published once more, so that nothing that was lost leaves anything open. */
function publishAll(world: World, clock: MispClock): void {
  for (let pick = 0; pick < world.model.events.size; pick += 1) {
    clock.pass(2_000);
    world.perform({ does: "edit event", pick, wait: 0 });
  }
  clock.pass(2_000);
  world.publishAll();
}
