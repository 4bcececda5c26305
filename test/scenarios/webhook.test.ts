import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { AReceiver } from "../targets/webhook/a-receiver.ts";
import { SECRET } from "../targets/webhook/a-webhook.ts";

test("a receiver hears of additions and thumbs, once each, across lost answers, an outage and a restart", async () => {
  await using receiver = await AReceiver.start({ secret: SECRET, clock: Date.now });
  const soar = { type: "webhook", url: receiver.url, secret: SECRET };
  await using courier = await RunningCourier.start({ targets: { soar } });
  const publish = (value: string) => {
    const event = courier.misp.addEvent({ info: value, attributes: [{ type: "domain", value }], tags: ["tlp:green"] });
    courier.misp.publish(event.id);
    return event.attributes[0]?.id ?? 0;
  };
  const hears = (...values: string[]) =>
    eventually(async () => expect([...receiver.held.values()].map(({ value }) => value).sort()).toEqual(values));
  const failures = async () => {
    const journal = join(courier.directory, "state", "journal.json");
    return JSON.parse(await readFile(journal, "utf8")).targets.soar.lastError;
  };

  // It takes the batch, and its answer is lost.
  receiver.fault = () => ({ hangUp: true, after: true });
  const thumbed = publish("a.example");
  await hears("a.example");
  await eventually(async () => expect(await failures()).toMatch(/^no answer \(\w+\)$/));
  await courier.stop();
  receiver.fault = () => ({ status: 503, headers: { "Retry-After": "1" } });
  await courier.start();
  publish("b.example");
  await eventually(async () => expect(await failures()).toMatch(/cannot take anything now \(503\)/));
  receiver.fault = () => undefined;
  await hears("a.example", "b.example");
  courier.misp.sight(thumbed, { type: SightingType.falsePositive });
  await hears("b.example");

  expect(receiver.batches.flat().length).toBeGreaterThan(receiver.applied.length);
  // A tag that is heard after its event renews it.
  const told = receiver.applied.filter(({ type }) => !type.endsWith(".renewed"));
  expect(told.map(({ type, data }) => `${type.split(".").at(-1)} ${data.value}`)).toEqual([
    "added a.example",
    "added b.example",
    "removed a.example",
  ]);
  expect(told[0]?.data).toMatchObject({ origins: [{ event: { info: "a.example" } }] });
}, 30_000);

test("a receiver that asked for a long wait is asked at once when its settings change, and only then", async () => {
  await using receiver = await AReceiver.start({ secret: SECRET, clock: Date.now });
  const soar = { type: "webhook", url: receiver.url, secret: SECRET };
  await using courier = await RunningCourier.start({ targets: { soar } });
  const waits = async () => {
    const journal = join(courier.directory, "state", "journal.json");
    return JSON.parse(await readFile(journal, "utf8")).targets.soar.nextAttempt;
  };
  receiver.fault = () => ({ status: 410 });
  const event = courier.misp.addEvent({ info: "e", attributes: [{ type: "domain", value: "a.example" }] });
  courier.misp.publish(event.id);
  await eventually(async () => expect(await waits()).toBeGreaterThan(Date.now() + 600_000));
  receiver.fault = () => undefined;

  await courier.stop();
  await courier.start();
  await courier.stop();
  expect(await waits()).toBeGreaterThan(Date.now() + 600_000);
  await courier.start({ targets: { soar: { ...soar, timeout: 20 } } });
  await eventually(async () => expect([...receiver.held.values()].map(({ value }) => value)).toEqual(["a.example"]));
}, 30_000);
