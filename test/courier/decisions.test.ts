import { beforeEach, describe, expect, test } from "vitest";
import { type Decision, decide } from "../../src/courier/decisions.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget, refusing } from "../support/a-target.ts";

let ledger: ALedger;
let target: ATarget;
let opened: ALane;

beforeEach(async () => {
  ledger = new ALedger();
  ledger.hear(heardEvent());
  ledger.published();
  target = new ATarget(refusing("d1.example", "d2.example"));
  ledger.hear(...[1, 2, 3].map((id) => told({ id, value: `d${id}.example` })));
  opened = await ALane.open(ledger, target);
  opened.lane.wake();
  await until(() => opened.entry.parked.length === 2);
});

function decided(decision: Decision, name = "lists"): Promise<number> {
  return decide(decision, name, {
    holds: ledger.ledger.deltas.holds,
    journal: opened.journal,
    clock: () => ledger.now,
  });
}

describe("parked items", () => {
  test("are sent again on request, and parked again when they are refused again", async () => {
    target.behaviour = refusing("d1.example");
    expect(await decided("parked-retry")).toBe(2);
    opened.lane.wake();
    await until(() => opened.entry.parked.length === 1);
    expect(target.values).toEqual(["d2.example", "d3.example"]);
    expect(opened.entry.parked).toMatchObject([{ value: "d1.example", operation: "add" }]);
  });

  test("are not sent again when they are no longer wanted", async () => {
    target.behaviour = () => [];
    ledger.hear(sighted({ attributeId: 1 }));
    await decided("parked-retry", "");
    opened.lane.wake();
    await until(() => target.held.size === 2);
    expect(target.values).toEqual(["d2.example", "d3.example"]);
  });

  test("are forgotten on request, and nothing is sent", async () => {
    target.behaviour = () => [];
    expect(await decided("parked-drop")).toBe(2);
    opened.lane.wake();
    ledger.hear(told({ id: 4, value: "d4.example" }));
    opened.lane.wake();
    await until(() => target.values.includes("d4.example"));
    expect(target.values).toEqual(["d3.example", "d4.example"]);
  });

  test("of another target stay", async () => {
    expect(await decided("parked-drop", "other")).toBe(0);
    expect(opened.entry.parked).toHaveLength(2);
  });
});
