import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { Subscriber } from "zeromq";
import { Publisher } from "../../src/targets/zeromq/publisher.ts";

const MESSAGE = `topic ${"x".repeat(2_000)}`;

it("lets go of a subscriber that hangs, so that those who share its topic hear on", async () => {
  const publisher = await Publisher.open("tcp://127.0.0.1:*", 500);
  const subscriptions = publisher.subscriptions();
  const hanging = new Subscriber({ linger: 0, receiveHighWaterMark: 1 });
  const listening = new Subscriber({ linger: 0 });
  for (const subscriber of [hanging, listening]) {
    subscriber.connect(publisher.endpoint);
    subscriber.subscribe("topic");
    await subscriptions.next();
  }
  let heard = 0;
  void (async () => {
    for await (const _ of listening) heard += 1;
  })();
  let sent = 0;
  while (await publisher.send(MESSAGE)) sent += 1;
  for (let tries = 0; tries < 2_000 && !(await publisher.send(MESSAGE)); tries += 1) await pause(10);
  for (let tries = 0; tries < 2_000 && heard <= sent; tries += 1) await pause(10);
  expect(heard).toBeGreaterThan(sent);
  hanging.close();
  listening.close();
  publisher.close();
});
