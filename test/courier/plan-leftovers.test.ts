import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually, RunningCourier } from "../support/running-courier.ts";

test("a start removes the copies of the ledger that plans have left which were killed, and lets others work on", async () => {
  await using courier = await RunningCourier.start();
  const state = join(courier.directory, "state");
  for (const name of ["plan-killed", "plan-at-work"]) {
    mkdirSync(join(state, name));
    writeFileSync(join(state, name, "plan.sqlite"), "a copy");
  }
  const before = Date.now() / 1000 - 7_200;
  utimesSync(join(state, "plan-killed"), before, before);
  await courier.stop();
  await courier.start();
  await eventually(async () => expect(readdirSync(state)).not.toContain("plan-killed"));
  expect(readdirSync(state)).toContain("plan-at-work");
});
