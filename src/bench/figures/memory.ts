import { JOURNAL_FILE } from "../../courier/open-ledger.ts";
import { TOPICS } from "../../misp/messages.ts";
import { median } from "../measure.ts";
import { caughtUp, courierState, goalReached, workTowards } from "../workers/courier.ts";
import { send, subscribed, whereToConnect } from "../workers/publisher.ts";
import type { Worker } from "../workers/question.ts";
import { openMisp, type Stock, secondsAgo, type Workshop } from "../workshop.ts";
import type { Measure, Measured } from "./measured.ts";

/** How many messages are on the way at once: what waits in a socket is memory, too, and not what is asked here. */
const PORTION = 5_000;

/** What the courier's memory comes to, at the start, with a large ledger, and while a target is dead. */
export const memory: Measure = async (workshop) => {
  const start = await memoryAtStart(workshop);
  return { "memory-start": { value: start, runs: [start] }, ...(await memoryInUse(workshop)) };
};

async function memoryAtStart(workshop: Workshop): Promise<number> {
  workshop.say("memory: at the start");
  await using misp = await openMisp();
  await using courier = await workshop.courier(workshop.place(), { misp });
  await courier.ask(caughtUp, { times: 1 });
  return await resident(courier);
}

async function memoryInUse(workshop: Workshop): Promise<Measured> {
  const { ledger, deadChanges } = workshop.sizes;
  const stock = await workshop.stock(ledger);
  await using misp = await openMisp();
  await using publisher = await workshop.hire("publisher");
  const { endpoint } = await publisher.ask(whereToConnect, {});
  await using courier = await workshop.courier(stock.place, { misp, publisher: endpoint });
  await courier.ask(caughtUp, { times: 1 });
  await publisher.ask(subscribed, { prefixes: TOPICS.map((topic) => `${topic} `) });
  workshop.say("memory: with a target that takes everything");
  await pass({ courier, publisher, stock, delivered: true }, Math.ceil(ledger / 10));
  const held = await resident(courier);
  await stock.place.loseLists();
  workshop.say(`memory: ${deadChanges} changes past a dead target`);
  const samples = await pass({ courier, publisher, stock, delivered: false }, deadChanges);
  const tenth = Math.ceil(samples.length / 10);
  const growth = median(samples.slice(-tenth)) - median(samples.slice(0, tenth));
  const journal = await stock.place.sizeOf(JOURNAL_FILE);
  return {
    "memory-held": { value: held, runs: [held] },
    "memory-dead-target": { value: growth, runs: samples },
    "journal-dead-target": { value: journal, runs: [journal] },
  };
}

interface Passage {
  courier: Worker;
  publisher: Worker;
  stock: Stock;
  /** Each portion is to reach the lists before the next one comes. */
  delivered: boolean;
}

/** Sends new indicators through, a portion at a time; the resident memory after each. */
async function pass({ courier, publisher, stock, delivered }: Passage, changes: number): Promise<number[]> {
  const samples: number[] = [];
  for (let passed = 0; passed < changes; passed += PORTION) {
    const count = Math.min(PORTION, changes - passed);
    await courier.ask(workTowards, { saved: count, added: delivered ? count : 0 });
    await publisher.ask(send, { run: { first: stock.next, count, at: secondsAgo(0) } });
    stock.next += count;
    await courier.ask(goalReached, {});
    samples.push(await resident(courier));
  }
  return samples;
}

/** Megabytes. */
async function resident(courier: Worker): Promise<number> {
  return (await courier.ask(courierState, {})).memory / 1e6;
}
