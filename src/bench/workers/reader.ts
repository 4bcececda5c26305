import { Subscriber } from "zeromq";
import { z } from "zod";
import { cpuTaken, wallClock } from "../measure.ts";
import { answering, nothing, type Question, type Role } from "./question.ts";

/** What a reader subscribes to. */
export const READER_TOPIC = "misp_json_attribute ";

const options = z.strictObject({ endpoint: z.string() });

/** Begins to count anew, up to so many messages. */
export const readUpTo: Question<{ messages: number }, object> = {
  name: "read up to",
  argument: z.strictObject({ messages: z.number() }),
  answer: nothing,
};

/** When the last of them had been read, milliseconds since 1970, and what that took, microseconds. */
export const allRead: Question<object, { at: number; cpu: number }> = {
  name: "all read",
  argument: nothing,
  answer: z.strictObject({ at: z.number(), cpu: z.number() }),
};

/** The least that anybody must do to follow MISP's feed: receive each message and parse its JSON. */
export const reader: Role = async (given) => {
  const { endpoint } = options.parse(given);
  const socket = new Subscriber({ receiveHighWaterMark: 500_000, linger: 0 });
  socket.subscribe(READER_TOPIC);
  socket.connect(endpoint);
  const count = new Count();
  const reading = read(socket, count);
  return {
    handlers: [answering(readUpTo, ({ messages }) => count.begin(messages)), answering(allRead, () => count.reached)],
    close: async () => {
      socket.close();
      await reading;
    },
  };
};

async function read(socket: Subscriber, count: Count): Promise<void> {
  for await (const [frame] of socket) {
    if (!frame) continue;
    const body: unknown = JSON.parse(frame.toString("utf8", READER_TOPIC.length));
    if (body !== null) count.one();
  }
}

/** Counts down to the last message of a run. */
class Count {
  reached: Promise<{ at: number; cpu: number }> = Promise.resolve({ at: 0, cpu: 0 });
  #left = 0;
  #finish: () => void = () => undefined;

  begin(messages: number): object {
    const before = cpuTaken();
    this.#left = messages;
    this.reached = new Promise((resolve) => {
      this.#finish = () => resolve({ at: wallClock(), cpu: cpuTaken() - before });
    });
    return {};
  }

  one(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#finish();
  }
}
