import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import PQueue from "p-queue";
import { expect, it } from "vitest";
import { BusStore } from "../../src/targets/zeromq/store.ts";
import { Stream } from "../../src/targets/zeromq/stream.ts";
import { aFolder } from "../support/a-folder.ts";

it("gives a subscriber that took nothing for a while a snapshot once it reads again, and holds nobody up meanwhile", async () => {
  const store = new BusStore(join(aFolder(), "bus.sqlite"), "stix");
  const turns = new PQueue({ concurrency: 1 });
  let room = false;
  const taken: string[] = [];
  const send = async (message: string) => {
    if (room) taken.push(message);
    return room;
  };
  const stream = new Stream({ topic: "t", publisher: { send }, store, turns });
  const messageOf = (value: string) => JSON.stringify({ id: value });
  const tell = (value: string) =>
    turns.add(async () => {
      const message = messageOf(value);
      store.keep([{ type: "domain", value, message, changed: 1, shows: "" }], 0);
      await stream.send(message);
    });
  await tell("first");
  await tell("second");
  expect(taken).toEqual([]);
  room = true;
  while (taken.length < 2) await pause(5);
  await tell("third");
  expect(taken.at(-1)).toBe(`t ${messageOf("third")}`);
  expect(taken.slice(0, 2)).toEqual(["first", "second"].map((value) => `t ${messageOf(value)}`));
  stream.close();
  await turns.onIdle();
  store.close();
});
