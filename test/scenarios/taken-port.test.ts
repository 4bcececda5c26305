import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { call } from "../cli/captured-terminal.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { ASubscriber } from "../targets/zeromq-subscriber.ts";

let squatter: Server;
let endpoint: string;
let courier: RunningCourier;

beforeEach(async () => {
  squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const address = squatter.address();
  endpoint = `tcp://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});

afterEach(async () => {
  await courier[Symbol.asyncDispose]();
  if (squatter.listening) squatter.close();
});

const status = async () =>
  JSON.parse((await call(["status", "--json", "--config", join(courier.directory, "config.yaml")])).out);

test("a target whose port is taken keeps nobody else from their work, says so, and is at work once the port is free", async () => {
  courier = await RunningCourier.start({
    targets: { blocklists: { type: "csv", directory: "./lists" }, bus: { type: "zeromq", bind: endpoint } },
  });
  const { id } = courier.misp.addEvent({ info: "Campaign", attributes: [{ type: "domain", value: "evil.example" }] });
  courier.misp.publish(id);
  await courier.listed("domain", "evil.example");
  await eventually(async () => {
    const { targets } = await status();
    expect(targets.find(({ name }: { name: string }) => name === "bus")).toMatchObject({
      attempts: 1,
      lastError: `cannot listen at ${endpoint}: another program listens there`,
    });
  });
  await new Promise((resolve) => squatter.close(resolve));
  using subscriber = new ASubscriber(endpoint);
  // It looks every ten seconds.
  await subscriber.until((heard) => heard.length > 0);
  expect(subscriber.held()).toMatchObject([{ name: "evil.example" }]);
  await eventually(async () => {
    const { targets } = await status();
    for (const target of targets) expect(target).toMatchObject({ attempts: 0, lastError: null, lag: 0 });
  });
}, 60_000);

test("is in order again, though there is nothing to deliver, once it listens", async () => {
  courier = await RunningCourier.start({ targets: { bus: { type: "zeromq", bind: endpoint } } });
  await eventually(async () => expect(await status()).toMatchObject({ targets: [{ attempts: 1 }] }));
  await new Promise((resolve) => squatter.close(resolve));
  await courier.stop();
  await courier.start();
  await eventually(async () => expect(await status()).toMatchObject({ targets: [{ attempts: 0, lastError: null }] }));
});
