import { TOPICS } from "../../misp/messages.ts";
import { median } from "../measure.ts";
import { type Run, subjectsOf } from "../messages.ts";
import type { Place } from "../place.ts";
import { caughtUp, goalReached, workTowards } from "../workers/courier.ts";
import { send, subscribed, whereToConnect } from "../workers/publisher.ts";
import type { Worker } from "../workers/question.ts";
import { allRead, READER_TOPIC, readUpTo } from "../workers/reader.ts";
import { openMisp, secondsAgo, type Workshop } from "../workshop.ts";
import type { Measure, Measured } from "./measured.ts";

/** Messages a second, and CPU microseconds a message. */
interface Pace {
  rate: number;
  cpu: number;
}

interface Pair {
  bare: Pace;
  full: Pace;
}

/** How fast the courier takes what a publisher can send, beside somebody who only receives and parses. */
export const flood: Measure = async (workshop) => {
  const { keys, pairs } = workshop.sizes.flood;
  const hot = (edited: boolean) => (pair: number) => ({ first: 1 + pair * keys, keys, edited });
  const repeated = await pairsOn(workshop, workshop.place(), hot(false));
  const edited = await pairsOn(workshop, workshop.place(), hot(true));
  const stock = await workshop.stock(workshop.sizes.ledger);
  const { messages } = workshop.sizes.flood;
  const first = stock.next;
  stock.next += pairs * messages;
  const fresh = await pairsOn(workshop, stock.place, (pair) => ({ first: first + pair * messages }));
  const bare = [...repeated, ...edited, ...fresh].map((pair) => pair.bare.cpu);
  return {
    ...figuresOf(repeated, "repeated"),
    ...figuresOf(edited, "edited"),
    ...figuresOf(fresh, "new"),
    "bare-cpu": { value: median(bare), runs: bare },
  };
};

function figuresOf(pairs: readonly Pair[], kind: "repeated" | "edited" | "new"): Measured {
  const ratios = pairs.map(({ bare, full }) => full.rate / bare.rate);
  const rates = pairs.map(({ full }) => full.rate);
  const cpu = pairs.map(({ full }) => full.cpu);
  return {
    [`flood-ratio-${kind}`]: { value: median(ratios), runs: ratios },
    [`flood-rate-${kind}`]: { value: median(rates), runs: rates },
    [`flood-cpu-${kind}`]: { value: median(cpu), runs: cpu },
  };
}

async function pairsOn(
  workshop: Workshop,
  place: Place,
  keysOf: (pair: number) => Pick<Run, "first" | "keys" | "edited">,
): Promise<Pair[]> {
  const { pairs, messages } = workshop.sizes.flood;
  await using misp = await openMisp();
  await using publisher = await workshop.hire("publisher");
  const { endpoint } = await publisher.ask(whereToConnect, {});
  await using courier = await workshop.courier(place, { misp, publisher: endpoint });
  await courier.ask(caughtUp, { times: 1 });
  await using bare = await BareReader.open(workshop);
  const taken: Pair[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    workshop.say(`flood: pair ${pair + 1} of ${pairs}`);
    const run = { ...keysOf(pair), count: messages, at: secondsAgo(0) };
    taken.push({ bare: await bare.read(run), full: await follow(courier, publisher, run) });
  }
  return taken;
}

async function follow(courier: Worker, publisher: Worker, run: Run): Promise<Pace> {
  await publisher.ask(subscribed, { prefixes: TOPICS.map((topic) => `${topic} `) });
  await courier.ask(workTowards, { saved: run.count, added: new Set(subjectsOf(run)).size });
  const { began } = await publisher.ask(send, { run });
  const { savedAt, cpu } = await courier.ask(goalReached, {});
  return { rate: run.count / ((savedAt - began) / 1000), cpu: cpu / run.count };
}

/** A reader with a publisher of its own, so that the courier hears nothing of what it is sent. */
class BareReader implements AsyncDisposable {
  readonly #publisher: Worker;
  readonly #reader: Worker;

  private constructor(publisher: Worker, reader: Worker) {
    this.#publisher = publisher;
    this.#reader = reader;
  }

  static async open(workshop: Workshop): Promise<BareReader> {
    const publisher = await workshop.hire("publisher");
    const reader = await workshop.hire("reader", await publisher.ask(whereToConnect, {}));
    await publisher.ask(subscribed, { prefixes: [READER_TOPIC] });
    return new BareReader(publisher, reader);
  }

  async read(run: Run): Promise<Pace> {
    await this.#reader.ask(readUpTo, { messages: run.count });
    const { began } = await this.#publisher.ask(send, { run });
    const { at, cpu } = await this.#reader.ask(allRead, {});
    return { rate: run.count / ((at - began) / 1000), cpu: cpu / run.count };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
    await this.#publisher[Symbol.asyncDispose]();
  }
}
