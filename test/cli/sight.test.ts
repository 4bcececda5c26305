import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

let courier: RunningCourier;

beforeAll(async () => {
  courier = await RunningCourier.start();
  const { misp } = courier;
  misp.publish(misp.addEvent({ info: "event", attributes: [{ type: "domain", value: "evil.example" }] }).id);
  await courier.listed("domain", "evil.example");
});
afterAll(() => courier[Symbol.asyncDispose]());

const sight = (...words: string[]) => call(["sight", ...words, "--config", join(courier.directory, "config.yaml")]);

test("a false positive takes a value off, and a later sighting brings it back", async () => {
  expect(await sight("evil.example", "--false-positive")).toMatchObject({
    code: 0,
    out: "MISP has it: evil.example is a false positive.",
  });
  await courier.listed("domain");
  // Of the same second, the false positive decides.
  await pause(1_100);
  expect((await sight("evil.example")).code).toBe(0);
  await courier.listed("domain", "evil.example");
});

test("a value with a dot at its end, as in a name server's log, is that value", async () => {
  const told = await sight("evil.example.", "--false-positive");
  expect(told).toMatchObject({ code: 0, out: "MISP has it: evil.example. is a false positive." });
  await courier.listed("domain");
});

test("a value in the form that lists have is given one in the form that MISP has", async () => {
  const { misp } = courier;
  misp.publish(misp.addEvent({ info: "event", attributes: [{ type: "ip-dst", value: "192.0.2.77/32" }] }).id);
  await courier.listed("ip-dst", "192.0.2.77");
  expect(await sight("192.0.2.77", "--false-positive")).toMatchObject({ code: 0 });
  await courier.listed("ip-dst");
});

test("a value that MISP does not have is told, and so is a MISP that is away", async () => {
  expect(await sight("nowhere.example")).toMatchObject({ code: 65, err: expect.stringContaining("no attribute") });
  courier.misp.faults.restStatus = 500;
  expect((await sight("evil.example")).code).toBe(69);
});
