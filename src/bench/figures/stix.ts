import { setTimeout as pause } from "node:timers/promises";
import { Subscriber } from "zeromq";
import { TOPICS } from "../../misp/messages.ts";
import { freePort } from "../free-port.ts";
import { wallClock } from "../measure.ts";
import { caughtUp, goalReached, workTowards } from "../workers/courier.ts";
import { send, subscribed, whereToConnect } from "../workers/publisher.ts";
import type { Worker } from "../workers/question.ts";
import { openMisp, secondsAgo } from "../workshop.ts";
import type { Measure } from "./measured.ts";

/** Attributes that are sent before any is counted: what was subscribed to reaches a publisher only after a while. */
const AHEAD = 500;

/** From MISP's feed to STIX on a bus: how fast, until a subscriber has heard the last indicator, and for how much CPU. */
export const stix: Measure = async (workshop) => {
  const { messages: count } = workshop.sizes.flood;
  await using misp = await openMisp();
  await using publisher = await workshop.hire("publisher");
  const { endpoint } = await publisher.ask(whereToConnect, {});
  const bind = `tcp://127.0.0.1:${await freePort()}`;
  const surroundings = { misp, publisher: endpoint, target: { type: "zeromq", bind } };
  await using courier = await workshop.courier(workshop.place(), surroundings);
  await courier.ask(caughtUp, { times: 1 });
  await publisher.ask(subscribed, { prefixes: TOPICS.map((topic) => `${topic} `) });
  using listener = new Listener(bind);
  const line = { courier, publisher };
  let first = 1;
  for (; listener.heard === 0; first += AHEAD) await pass(line, first, AHEAD);
  // What is still on its way of these would be counted with the others.
  await pause(workshop.sizes.calm);
  listener.heard = 0;
  workshop.say("stix: from the feed to a subscriber");
  const { began, cpu } = await pass(line, first, count);
  while (listener.heard < count) await pause(1);
  return {
    "stix-rate": one(count / ((wallClock() - began) / 1000)),
    "stix-cpu": one(cpu / count),
  };
};

const one = (value: number) => ({ value, runs: [value] });

/** Sends new attributes through, until the target has taken all of them. */
async function pass({ courier, publisher }: { courier: Worker; publisher: Worker }, first: number, count: number) {
  await courier.ask(workTowards, { saved: count, added: count });
  const { began } = await publisher.ask(send, { run: { first, count, at: secondsAgo(0) } });
  const { cpu } = await courier.ask(goalReached, {});
  return { began, cpu };
}

/** Counts what it hears of indicators. */
class Listener implements Disposable {
  heard = 0;
  readonly #socket = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });

  constructor(endpoint: string) {
    this.#socket.connect(endpoint);
    this.#socket.subscribe("stix2/indicator");
    void this.#listen();
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  async #listen(): Promise<void> {
    for await (const _ of this.#socket) this.heard += 1;
  }
}
