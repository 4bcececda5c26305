import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { Dispatcher } from "../../src/delivery/dispatcher.ts";
import { Journal } from "../../src/delivery/journal.ts";
import { StateUnwritable } from "../../src/state/damaged.ts";
import { NotNow } from "../../src/targets/target.ts";
import { aFolder } from "../support/a-folder.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget, refusing } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";
import { NOW } from "../support/an-attribute.ts";

let ledger: ALedger;
let target: ATarget;

beforeEach(() => {
  ledger = new ALedger();
  ledger.hear(heardEvent(), told({ value: "a.example" }), told({ id: 2, value: "b.example" }));
  ledger.published();
  target = new ATarget();
});

const down = () => {
  throw new NotNow("connection refused", { wait: 60_000 });
};
const CONTEXT = aView({ shows: ({ origins }) => JSON.stringify(origins), origins: true });

test("a step that the full disk of the ledger keeps from being saved waits, and is no bug of the target", async () => {
  const { lane, logged, failed } = await ALane.open(ledger, target);
  const full = new StateUnwritable("ledger.sqlite cannot be written (database or disk is full)");
  const begin = vi.spyOn(ledger.ledger.deltas, "begin").mockImplementationOnce(() => {
    throw full;
  });
  lane.wake();
  await failed(1);
  expect(begin).toHaveBeenCalled();
  expect(logged).toMatchObject([["warn", expect.stringContaining("cannot be saved"), { reason: full.message }]]);
  lane.retryNow();
  await until(() => target.held.size === 2);
});

describe("what a target will never take", () => {
  test("is parked with its reason, told once, and does not hold up the rest", async () => {
    target.behaviour = refusing("a.example");
    const { lane, entry, logged } = await ALane.open(ledger, target);
    lane.wake();
    await until(() => entry.parked.length === 1);
    const item = { type: "domain", value: "a.example", operation: "add", reason: "cannot be told", at: ledger.now };
    expect(entry.parked).toEqual([item]);
    expect(logged).toMatchObject([["warn", expect.any(String), { items: 1, reason: "cannot be told" }]]);
    expect(target.values).toEqual(["b.example"]);
  });

  test("is not told again when changed rules have it sent again, unless the reason is another one", async () => {
    target.behaviour = refusing("a.example");
    const before = await ALane.open(ledger, target);
    before.lane.wake();
    await until(() => before.entry.parked.length === 1);
    await before.lane.stop(1_000);
    const { journal } = before;
    const again = await ALane.open(ledger, target, { journal, view: aView({ digest: "2" }) });
    ledger.now += 1;
    again.lane.wake();
    await until(() => again.entry.parked[0]?.at === ledger.now);
    await again.lane.stop(1_000);
    expect(again.logged).toEqual([]);
    target.behaviour = ({ add }) => add.map(({ type, value }) => ({ type, value, reason: "too long" }));
    const after = await ALane.open(ledger, target, { journal, view: aView({ digest: "3" }) });
    after.lane.wake();
    await until(() => after.logged.length > 0);
    expect(after.logged).toMatchObject([["warn", expect.any(String), { items: 1, reason: "too long" }]]);
  });

  test("is tried again when it changes, and no longer parked once it is taken", async () => {
    target.behaviour = refusing("a.example");
    const { lane, entry } = await ALane.open(ledger, target, { view: CONTEXT });
    lane.wake();
    await until(() => entry.parked.length === 1);
    target.behaviour = () => [];
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    lane.wake();
    await until(() => target.held.size === 2 && entry.parked.length === 0);
  });

  test("is no longer parked once it is not wanted any more, and only that", async () => {
    target.behaviour = refusing("a.example", "b.example");
    const file = join(aFolder(), "journal.json");
    const { lane, entry } = await ALane.open(ledger, target, { journal: await Journal.open(file) });
    lane.wake();
    await until(() => entry.parked.length === 2);
    ledger.hear(sighted());
    lane.wake();
    await until(() => entry.parked.length === 1);
    expect(entry.parked).toMatchObject([{ value: "b.example" }]);
    await lane.stop(1_000);
    expect((await Journal.open(file)).entry(lane.name).parked).toEqual(entry.parked);
  });

  test("is parked under what was tried of it", async () => {
    const { lane, entry } = await ALane.open(ledger, target, { view: CONTEXT });
    lane.wake();
    await until(() => target.held.size === 2);
    target.behaviour = refusing("a.example", "b.example");
    ledger.hear(sighted(), told({ id: 2, value: "b.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    lane.wake();
    await until(() => entry.parked.length === 2);
    expect(new Map(entry.parked.map(({ value, operation }) => [value, operation]))).toEqual(
      new Map([
        ["a.example", "remove"],
        ["b.example", "renew"],
      ]),
    );
  });
});

describe("the journal on disk", () => {
  let file: string;
  const onDisk = async () => (await Journal.open(file)).entry("lists");
  const open = async () => {
    file = join(aFolder(), "journal.json");
    const opened = await ALane.open(ledger, target, { view: CONTEXT, journal: await Journal.open(file) });
    const deliver = async () => {
      opened.lane.retryNow();
      await opened.lane.exclusively(() => {});
    };
    return { ...opened, deliver };
  };

  test("tells at once that a target works again, what it refused, and that it took that after all", async () => {
    target.behaviour = down;
    const { deliver } = await open();
    await deliver();
    expect(await onDisk()).toMatchObject({ attempts: 1, lastError: "connection refused" });
    target.behaviour = refusing("c.example");
    await deliver();
    expect(await onDisk()).toMatchObject({ attempts: 0, lastError: null });
    ledger.hear(told({ id: 3, value: "c.example" }));
    ledger.published();
    await deliver();
    expect(await onDisk()).toMatchObject({ parked: [{ value: "c.example" }] });
    target.behaviour = () => [];
    ledger.hear(told({ id: 3, value: "c.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    await deliver();
    expect(await onDisk()).toMatchObject({ parked: [] });
  });

  test("tells how far a target has come after a minute at the latest, and at the end", async () => {
    const { deliver, lane } = await open();
    const position = () => ledger.ledger.deltas.progress("lists").position;
    ledger.now += 61_000;
    await deliver();
    expect(await onDisk()).toMatchObject({ position: position() });
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    await deliver();
    await lane.stop(1_000);
    expect(await onDisk()).toMatchObject({ position: position() });
  });
});

describe("after a restart", () => {
  test("a target that was failing goes on waiting, and what is to be sent is what is so then", async () => {
    const file = join(aFolder(), "journal.json");
    target.behaviour = down;
    const before = await ALane.open(ledger, target, { journal: await Journal.open(file) });
    before.lane.start();
    await before.failed(1);
    await before.lane.stop(0);
    ledger.reopen();
    ledger.hear(sighted());
    target.behaviour = () => [];
    const after = await ALane.open(ledger, target, { journal: await Journal.open(file) });
    expect(after.entry).toMatchObject({ attempts: 1, lastError: "connection refused" });
    after.lane.start();
    after.lane.wake();
    await nextTurn();
    expect(target.tries).toHaveLength(1);
    after.lane.retryNow();
    await until(() => target.held.size === 1);
    expect(target.values).toEqual(["b.example"]);
  });

  test("a target whose time has come meanwhile is tried", async () => {
    const { lane, entry } = await ALane.open(ledger, target);
    entry.nextAttempt = ledger.now - 5;
    lane.start();
    await until(() => target.held.size === 2);
  });

  test("a target that is to be made ready is so at once, however long it was to be left alone", async () => {
    const preparing = Object.assign(target, { prepare: async () => {} });
    const { lane, entry } = await ALane.open(ledger, preparing);
    Object.assign(entry, { attempts: 1, failingSince: ledger.now, nextAttempt: ledger.now + 60_000 });
    lane.start();
    await until(() => target.held.size === 2);
  });

  test("a clock that was set back does not keep it waiting for years, nor make it hurry", async () => {
    const { lane, entry } = await ALane.open(ledger, target);
    entry.nextAttempt = ledger.now + 10 * 365 * 86_400_000;
    lane.start();
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(target.tries).toHaveLength(0);
  });

  test.each([
    ["a year", 365 * 86_400_000],
    ["an hour", 3_600_000],
  ])("a target that failed by a clock %s ahead waits no longer than for a failure of its own", async (_, ahead) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { lane, entry } = await ALane.open(ledger, target);
    Object.assign(entry, { attempts: 1, failingSince: ledger.now + ahead, nextAttempt: ledger.now + ahead + 1_000 });
    lane.start();
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    vi.useRealTimers();
    await until(() => target.held.size === 2);
  });

  test("a failure by a clock that was set back counts since then", async () => {
    target.behaviour = down;
    const { lane, entry, failed } = await ALane.open(ledger, target);
    entry.failingSince = ledger.now + 86_400_000;
    lane.wake();
    await failed(1);
    expect(entry.failingSince).toBe(ledger.now);
  });
});

describe("trouble of our own", () => {
  test("with the ledger is told and waited out, not the end of the program", async () => {
    const { lane, logged, failed } = await ALane.open(ledger, target);
    const { deltas } = ledger.ledger;
    const scan = vi.spyOn(deltas, "scan").mockImplementation(() => {
      throw new Error("disk I/O error");
    });
    lane.wake();
    await failed(1);
    expect(logged).toMatchObject([["error", "Delivery failed unexpectedly", { error: { message: "disk I/O error" } }]]);
    scan.mockRestore();
    await until(() => target.held.size === 2);
  });

  test("with the journal costs nothing but the memory of a wait", async () => {
    const journal = await Journal.open(join(aFolder(), "journal.json"));
    vi.spyOn(journal, "save").mockRejectedValue(new Error("ENOSPC"));
    target.behaviour = () => {
      target.behaviour = () => [];
      throw new NotNow("down");
    };
    const { lane, logged } = await ALane.open(ledger, target, { journal });
    lane.wake();
    await until(() => target.held.size === 2);
    expect(logged).toContainEqual(["error", "The journal cannot be written", expect.anything()]);
  });
});

describe("stopping", () => {
  test("delivers what is there, closes the target, and tries nothing after", async () => {
    const { lane } = await ALane.open(ledger, target);
    await lane.stop(5_000);
    expect(target.values).toEqual(["a.example", "b.example"]);
    expect(target.closed).toBe(1);
    ledger.hear(sighted());
    lane.wake();
    await nextTurn();
    expect(target.tries).toHaveLength(1);
  });

  test("does not wait for a target that hangs, nor is that held against it", async () => {
    target.behaviour = () => new Promise(() => {});
    const { lane, entry } = await ALane.open(ledger, target);
    lane.wake();
    await until(() => target.tries.length === 1);
    await lane.stop(10);
    expect(target.closed).toBe(1);
    expect(entry.attempts).toBe(0);
  });

  test("does not try a target that waits", async () => {
    target.behaviour = down;
    const { lane, failed } = await ALane.open(ledger, target);
    lane.wake();
    await failed(1);
    await lane.stop(5_000);
    expect(target.tries).toHaveLength(1);
    expect(target.closed).toBe(1);
  });

  test("one target that cannot be closed does not keep the others from it", async () => {
    const stuck = new ATarget();
    stuck.close = () => Promise.reject(new Error("EIO"));
    const lanes = [
      await ALane.open(ledger, stuck),
      await ALane.open(ledger, target, { view: aView({ name: "other" }) }),
    ];
    const dispatcher = new Dispatcher(lanes.map(({ lane }) => lane));
    dispatcher.start();
    dispatcher.wake();
    await dispatcher[Symbol.asyncDispose]();
    expect([stuck.held.size, target.held.size, target.closed]).toEqual([2, 2, 1]);
    expect(lanes[0]?.logged).toContainEqual(["error", "The target cannot be closed", expect.anything()]);
  });
});
