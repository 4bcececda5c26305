import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { newestSpells } from "../../src/ledger/blind-spells.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually } from "../support/running-courier.ts";
import { ChildCourier } from "./child-courier.ts";

test("what a publisher drops while the courier stands still is made up for", async () => {
  const misp = await StandInMisp.open({ sendHighWaterMark: 10 });
  await using courier = new ChildCourier(aFolder(), misp);
  courier.start();
  await courier.said("In step with MISP");
  const { pid } = courier;
  if (pid === undefined) throw new Error("the courier has ended");

  process.kill(pid, "SIGSTOP");
  // More than the system's own buffers hold, so that what comes next is dropped.
  for (let count = 0; count < 300; count += 1) misp.sendRaw(`misp_json_attribute ${"x".repeat(100_000)}`);
  misp.publish(misp.addEvent({ info: "missed", attributes: [{ type: "domain", value: "missed.example" }] }).id);
  await misp.flushed();
  await pause(11_000);
  process.kill(pid, "SIGCONT");

  await eventually(async () => {
    expect(await readFile(join(courier.lists, "domain.csv"), "utf8")).toContain("missed.example");
  });
  const database = Database.read(join(courier.directory, "state", LEDGER_FILE));
  expect(newestSpells(database)(1)).toMatchObject([{ cause: "the courier stood still", until: expect.any(Number) }]);
  database.close();
  await courier.stop();
  await misp.close();
});
