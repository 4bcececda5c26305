import { afterEach, beforeEach, expect, test } from "vitest";
import type { Config } from "../../src/config/schema.ts";
import { announcePlan } from "../../src/courier/plan/announce-plan.ts";
import { silent } from "../../src/log.ts";
import { RunningCourier } from "../support/running-courier.ts";

let courier: RunningCourier;
let current: Config;

beforeEach(async () => {
  courier = await RunningCourier.start();
  current = await courier.config();
});

afterEach(() => courier[Symbol.asyncDispose]());

/** What is logged of a configuration that is announced, by level. */
async function announced(options: Partial<Parameters<typeof announcePlan>[0]>) {
  const logged = { info: [] as string[], warn: [] as string[] };
  const info = (sentence: string) => void logged.info.push(sentence);
  const warn = (sentence: string) => void logged.warn.push(sentence);
  const { signal } = new AbortController();
  await announcePlan({ current, next: current, log: { ...silent, info, warn }, signal, clock: Date.now, ...options });
  return logged;
}

const warnings = async (options: Parameters<typeof announced>[0]) => (await announced(options)).warn;

const UNTOLD = expect.stringContaining("cannot be told beforehand; it takes effect all the same");

test("a plan that takes too long is given up, and says so", async () => {
  expect(await warnings({ patience: 0 })).toEqual([UNTOLD]);
});

test("a plan that cannot be made, for there is no ledger, says so", async () => {
  const elsewhere = { ...current, state: "./elsewhere" };
  expect(await warnings({ current: elsewhere, next: elsewhere })).toEqual([UNTOLD]);
});

test("a plan that nobody wants to know any more says nothing", async () => {
  expect(await warnings({ signal: AbortSignal.abort() })).toEqual([]);
});

test("a target that is fed no longer is named by the change that drops it, and by none after it", async () => {
  const without = { ...current, targets: {} };
  const dropped = expect.stringContaining("no longer feeds a target");
  expect((await announced({ next: without })).info).toEqual([dropped]);
  expect((await announced({ current: without, next: without })).info).toEqual([]);
});

test("of a configuration with another state nothing is told by the ledger in force", async () => {
  const elsewhere = { ...current, state: "./elsewhere" };
  expect(await announced({ next: elsewhere })).toEqual({
    info: [],
    warn: [expect.stringContaining("has another state: what it will bring cannot be told beforehand")],
  });
});
