import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { loadConfig } from "../../config/load.ts";
import { runCourier } from "../../courier/courier.ts";
import { cpuTaken } from "../measure.ts";
import { answering, nothing, type Question, type Role } from "./question.ts";
import { type Goal, type Reached, Tally } from "./tally.ts";

const goal = z.strictObject({ saved: z.number(), added: z.number() });
const options = z.strictObject({ configFile: z.string(), goal });

/** Begins to count anew, towards a goal. */
export const workTowards: Question<Goal, object> = { name: "work towards", argument: goal, answer: nothing };

/** Resolves when the goal is reached. */
export const goalReached: Question<object, Reached> = {
  name: "goal reached",
  argument: nothing,
  answer: z.strictObject({ savedAt: z.number(), addedAt: z.number(), cpu: z.number() }),
};

const state = z.strictObject({
  saved: z.number(),
  added: z.number(),
  caughtUp: z.number(),
  cpu: z.number(),
  memory: z.number(),
  mostMemory: z.number(),
});

/**
 * Where a courier stands: counts since the last goal was set, catch-ups since its start, CPU time in microseconds, resident
 * memory now and at its highest in bytes.
 */
export const courierState: Question<object, z.output<typeof state>> = {
  name: "state",
  argument: nothing,
  answer: state,
};

/** How often the memory is looked at, milliseconds. */
const SAMPLE = 250;
const LOOK_AGAIN = 10;

/** Resolves when it has caught up with MISP at least so many times since its start. */
export const caughtUp: Question<{ times: number }, object> = {
  name: "caught up",
  argument: z.strictObject({ times: z.number() }),
  answer: nothing,
};

/** The courier as `run` starts it, from a configuration file. */
export const courier: Role = async (given) => {
  const { configFile, goal } = options.parse(given);
  const stop = new AbortController();
  const tally = new Tally((text) => process.stderr.write(`courier: ${text}\n`));
  tally.begin(goal);
  const memory = watchMemory(stop.signal);
  const config = loadConfig(configFile, {});
  const running = runCourier({ config, log: tally.log, signal: stop.signal, clock: Date.now, observer: tally });
  // Whoever waits for something that a courier which failed will never do hears of it instead.
  const failed = running.then(() => Promise.reject(new Error("the courier has stopped")));
  failed.catch(() => undefined);
  return {
    handlers: [
      answering(workTowards, (goal) => {
        tally.begin(goal);
        return {};
      }),
      answering(goalReached, () => Promise.race([tally.reached, failed])),
      answering(caughtUp, ({ times }) => Promise.race([catchUps(tally, times, stop.signal), failed])),
      answering(courierState, () => {
        const { saved, added, caughtUp } = tally;
        return {
          saved,
          added,
          caughtUp,
          cpu: cpuTaken(),
          memory: process.memoryUsage.rss(),
          mostMemory: memory.most(),
        };
      }),
    ],
    close: async () => {
      stop.abort();
      await running;
    },
  };
};

async function catchUps(tally: Tally, times: number, signal: AbortSignal): Promise<object> {
  while (tally.caughtUp < times && !signal.aborted) await pause(LOOK_AGAIN);
  return {};
}

/** The system's own high-water mark begins, in a process that was forked, with the parent's memory. */
function watchMemory(signal: AbortSignal): { most: () => number } {
  let most = 0;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
    return most;
  };
  const timer = setInterval(look, SAMPLE);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return { most: look };
}
