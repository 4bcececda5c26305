import { setTimeout as pause } from "node:timers/promises";
import type { StandInMisp } from "../../demo/stand-in/stand-in-misp.ts";
import { Requests } from "../../ledger/requests.ts";
import { TOPICS } from "../../misp/messages.ts";
import { populate } from "../populate.ts";
import type { Sizes } from "../sizes.ts";
import { caughtUp, courierState, workTowards } from "../workers/courier.ts";
import { send, subscribed, whereToConnect } from "../workers/publisher.ts";
import type { Worker } from "../workers/question.ts";
import { openMisp, secondsAgo, type Workshop } from "../workshop.ts";
import type { Measure, Measured } from "./measured.ts";

/** What is lost on the way to the ledger, and what one catch-up brings back of what MISP's publisher dropped. */
export const loss: Measure = async (workshop) => {
  return { ...(await lostByUs(workshop)), ...(await lostByMisp(workshop)) };
};

async function lostByUs(workshop: Workshop): Promise<Measured> {
  const { rate, seconds, burst } = workshop.sizes.loss;
  await using misp = await openMisp();
  await using publisher = await workshop.hire("publisher");
  const { endpoint } = await publisher.ask(whereToConnect, {});
  await using courier = await workshop.courier(workshop.place(), { misp, publisher: endpoint });
  await publisher.ask(subscribed, { prefixes: TOPICS.map((topic) => `${topic} `) });
  const lost = async (first: number, count: number, rate?: number) => {
    await courier.ask(workTowards, { saved: count, added: 0 });
    await publisher.ask(send, { run: { first, count, at: secondsAgo(0) }, rate });
    return count - (await inTheEnd(workshop, courier, "saved", count)).value;
  };
  workshop.say("loss: a steady rate");
  const paced = await lost(1, rate * seconds, rate);
  workshop.say("loss: a burst");
  const atOnce = await lost(1 + rate * seconds, burst);
  return { "lost-paced": { value: paced, runs: [paced] }, "lost-burst": { value: atOnce, runs: [atOnce] } };
}

async function lostByMisp(workshop: Workshop): Promise<Measured> {
  const { burst } = workshop.sizes.loss;
  await using misp = await openMisp({ rate: Number.POSITIVE_INFINITY });
  const place = workshop.place();
  await using courier = await workshop.courier(place, { misp, requirePublished: true });
  await Promise.all([heard(misp), courier.ask(caughtUp, { times: 1 })]);
  // A catch-up that began before what it is to bring back was lost would count as the one that was asked for.
  await whenCalm(workshop, async () => (await courier.ask(courierState, {})).caughtUp);
  workshop.say("loss: a burst through a publisher such as MISP's");
  await courier.ask(workTowards, { saved: burst, added: burst });
  const { values } = populate(misp, burst);
  await misp.flushed();
  const dropped = burst - (await inTheEnd(workshop, courier, "saved", burst)).value;
  const before = await courier.ask(courierState, {});
  const began = performance.now();
  Requests.leave(place.ledgerFile, "catch-up", "");
  await courier.ask(caughtUp, { times: before.caughtUp + 1 });
  const added = await inTheEnd(workshop, courier, "added", burst);
  const seconds = (added.at - began) / 1000;
  const listed = await place.listed();
  const missing = values.filter((value) => !listed.has(value)).length;
  return {
    "dropped-by-misp": { value: dropped, runs: [dropped] },
    "missing-after-catch-up": { value: missing, runs: [missing] },
    "catch-up-time": { value: seconds, runs: [seconds] },
  };
}

async function heard(misp: StandInMisp): Promise<void> {
  await Promise.all(TOPICS.map((topic) => misp.heard(`${topic} `)));
}

/**
 * How many messages were saved, or lines added, when no more come or all have. One must be patient: files that are rewritten as a
 * whole come in bursts, and a machine that was busy with something else has lost nothing.
 */
async function inTheEnd(
  { sizes: { calm } }: Workshop,
  courier: Worker,
  what: "saved" | "added",
  all: number,
): Promise<Counted> {
  return whenCalm({ sizes: { calm: 5 * calm } }, async () => (await courier.ask(courierState, {}))[what], all);
}

/** A count, and when it was first seen to be that, milliseconds. */
interface Counted {
  value: number;
  at: number;
}

/** A count when it has not risen for a while, or is as high as it can be. */
async function whenCalm(
  { sizes: { calm } }: { sizes: Pick<Sizes, "calm"> },
  count: () => Promise<number>,
  most = Number.POSITIVE_INFINITY,
): Promise<Counted> {
  let last = { value: await count(), at: performance.now() };
  while (last.value < most && performance.now() - last.at < calm) {
    await pause(Math.min(50, calm / 4));
    const value = await count();
    if (value !== last.value) last = { value, at: performance.now() };
  }
  return last;
}
