import { afterEach, beforeEach, expect, test } from "vitest";
import type { Config } from "../../src/config/schema.ts";
import { announcePlan } from "../../src/courier/announce-plan.ts";
import { silent } from "../../src/log.ts";
import { RunningCourier } from "../support/running-courier.ts";

let courier: RunningCourier;
let current: Config;

beforeEach(async () => {
  courier = await RunningCourier.start();
  current = await courier.config();
});

afterEach(() => courier[Symbol.asyncDispose]());

/** The warnings that come of announcing a configuration. */
async function warnings(options: Partial<Parameters<typeof announcePlan>[0]>): Promise<string[]> {
  const warned: string[] = [];
  const log = { ...silent, warn: (sentence: string) => void warned.push(sentence) };
  const { signal } = new AbortController();
  await announcePlan({ current, next: current, log, signal, clock: Date.now, ...options });
  return warned;
}

const UNTOLD = expect.stringContaining("cannot be told beforehand; it takes effect all the same");

test("a plan that takes too long is given up, and says so", async () => {
  expect(await warnings({ patience: 0 })).toEqual([UNTOLD]);
});

test("a plan that cannot be made, for there is no ledger, says so", async () => {
  expect(await warnings({ current: { ...current, state: "./elsewhere" } })).toEqual([UNTOLD]);
});

test("a plan that nobody wants to know any more says nothing", async () => {
  expect(await warnings({ signal: AbortSignal.abort() })).toEqual([]);
});
