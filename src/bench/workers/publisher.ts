import { setTimeout as pause } from "node:timers/promises";
import { XPublisher } from "zeromq";
import { z } from "zod";
import { Subscriptions } from "../../demo/stand-in/subscriptions.ts";
import { wallClock } from "../measure.ts";
import { framesOf, run } from "../messages.ts";
import { answering, nothing, type Question, type Role } from "./question.ts";

const sent = z.strictObject({ messages: z.number(), began: z.number(), ended: z.number() });

/** When sending began and ended, milliseconds since 1970, and how many messages there were. */
export type Sent = z.output<typeof sent>;

/** Where subscribers connect. */
export const whereToConnect: Question<object, { endpoint: string }> = {
  name: "where to connect",
  argument: nothing,
  answer: z.strictObject({ endpoint: z.string() }),
};

/** Resolves when all these prefixes are subscribed to. */
export const subscribed: Question<{ prefixes: readonly string[] }, object> = {
  name: "subscribed",
  argument: z.strictObject({ prefixes: z.array(z.string()) }),
  answer: nothing,
};

/** Sends a run of messages as fast as it can, or so many a second. */
export const send: Question<{ run: z.output<typeof run>; rate?: number | undefined }, Sent> = {
  name: "send",
  argument: z.strictObject({ run, rate: z.number().optional() }),
  answer: sent,
};

/** A publisher on loopback that drops nothing: whatever is lost is lost by the one who listens. */
export const publisher: Role = async () => {
  const socket = new XPublisher({ sendHighWaterMark: 0, linger: 60_000 });
  await socket.bind("tcp://127.0.0.1:*");
  const subscriptions = new Subscriptions();
  void subscriptions.follow(socket);
  return {
    handlers: [
      answering(whereToConnect, () => ({ endpoint: socket.lastEndpoint ?? "" })),
      answering(subscribed, async ({ prefixes }) => {
        await Promise.all(prefixes.map((prefix) => subscriptions.heard(prefix)));
        return {};
      }),
      answering(send, ({ run, rate }) => sendAll(socket, framesOf(run), rate ?? Number.POSITIVE_INFINITY)),
    ],
    close: async () => socket.close(),
  };
};

async function sendAll(socket: XPublisher, frames: readonly Buffer[], rate: number): Promise<Sent> {
  const began = wallClock();
  for (const [index, frame] of frames.entries()) {
    const early = began + (index / rate) * 1000 - wallClock();
    if (early > 1) await pause(early);
    await socket.send(frame);
  }
  return { messages: frames.length, began, ended: wallClock() };
}
