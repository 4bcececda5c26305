import { beforeEach, describe, expect, test } from "vitest";
import { type Decision, decide, decisionDesk } from "../../src/courier/decisions.ts";
import { Dispatcher } from "../../src/delivery/dispatcher.ts";
import { silent } from "../../src/log.ts";
import { NotNow } from "../../src/targets/target.ts";
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

const desk = () => ({ holds: ledger.ledger.deltas.holds, journal: opened.journal, clock: () => ledger.now });

function decided(decision: Decision, name = "lists"): Promise<number> {
  return decide(decision, name, desk());
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

  test("are sent again also where there are more of them than the journal keeps", async () => {
    target.behaviour = ({ add }) => add.map(({ type, value }) => ({ type, value, reason: "400" }));
    const ids = Array.from({ length: 1_200 }, (_, n) => 10 + n);
    ledger.hear(...ids.map((id) => told({ id, value: `d${id}.example` })));
    opened.lane.wake();
    await until(() => ledger.ledger.deltas.lag("lists") === 0 && opened.entry.parked.length === 1_000);
    target.behaviour = () => [];
    await decided("parked-retry");
    opened.lane.wake();
    await until(() => target.held.size === 1_203);
    expect(opened.entry.parked).toEqual([]);
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

describe("a target that is to be left alone for long", () => {
  beforeEach(async () => {
    target.behaviour = () => {
      throw new NotNow("out of order", { wait: 300_000 });
    };
    ledger.hear(told({ id: 4, value: "d4.example" }));
    opened.lane.wake();
    await opened.failed(1);
    target.behaviour = () => [];
  });

  test("is tried at once by a courier that is asked to, and no other is", async () => {
    const tries = target.tries.length;
    const { "parked-retry": retry } = decisionDesk(desk(), silent, new Dispatcher([opened.lane]));
    retry("another");
    await decided("parked-drop", "another");
    expect(target.tries).toHaveLength(tries);
    retry("lists");
    await until(() => target.held.size === 4);
    expect(opened.entry).toMatchObject({ attempts: 0, parked: [] });
  });

  test("is tried at the next start where it was asked for while no courier ran", async () => {
    await opened.lane.stop(0);
    expect(opened.entry.nextAttempt).toBe(ledger.now + 300_000);
    expect(await decided("parked-retry")).toBe(2);
    const { lane } = await ALane.open(ledger, target, { journal: opened.journal });
    lane.start();
    await until(() => target.held.size === 4);
  });
});
