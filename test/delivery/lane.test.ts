import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { itemsOf } from "../../src/delivery/isolate.ts";
import { NotNow, Refused } from "../../src/targets/target.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";

let ledger: ALedger;
let target: ATarget;

beforeEach(() => {
  ledger = new ALedger();
  ledger.hear(heardEvent());
  ledger.published();
  target = new ATarget();
});

/** Publishes so many domains, `d1.example` the first. */
function publish(count: number, first = 1): void {
  ledger.hear(
    ...Array.from({ length: count }, (_, index) => told({ id: first + index, value: `d${first + index}.example` })),
  );
}

const down = () => {
  throw new NotNow("connection refused");
};

describe("delivery", () => {
  test("goes on until the target lacks nothing, in steps that are no larger than they may be", async () => {
    publish(25);
    const { lane } = await ALane.open(ledger, target, { batch: 10 });
    lane.wake();
    await until(() => target.held.size === 25);
    expect(target.tries.map(itemsOf).map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(ledger.ledger.deltas.lag("lists")).toBe(0);
  });

  test("is one try at a time, however often the lane is woken", async () => {
    publish(30);
    let open = 0;
    let most = 0;
    target.behaviour = async () => {
      open += 1;
      most = Math.max(most, open);
      await nextTurn();
      open -= 1;
      return [];
    };
    const { lane } = await ALane.open(ledger, target, { batch: 3 });
    for (let round = 0; round < 50; round += 1) {
      lane.wake();
      await nextTurn();
    }
    await until(() => target.held.size === 30);
    expect(most).toBe(1);
  });

  test("hears of what changes while a try is under way", async () => {
    publish(1);
    const { lane } = await ALane.open(ledger, target);
    target.behaviour = () => {
      target.behaviour = () => [];
      publish(1, 2);
      lane.wake();
      return [];
    };
    lane.wake();
    await until(() => target.held.size === 2);
  });

  test("of nothing asks nothing of the target", async () => {
    const { lane } = await ALane.open(ledger, target, { view: aView({ rules: { types: new Set(["url"]) } }) });
    publish(3);
    lane.wake();
    await until(() => ledger.ledger.deltas.lag("lists") === 0);
    expect(target.tries).toEqual([]);
  });

  test("tells of each step that the target has", async () => {
    publish(2);
    const delivered: unknown[] = [];
    const { lane } = await ALane.open(ledger, target, {
      delivered: (name, { delta }) => delivered.push([name, delta]),
    });
    lane.wake();
    await until(() => delivered.length === 1);
    expect(delivered).toEqual([["lists", target.tries[0]]]);
  });
});

describe("a target that cannot take anything now", () => {
  test("is tried again after a wait, until it can, and has lost nothing", async () => {
    publish(2);
    target.behaviour = down;
    const { lane, entry, failed } = await ALane.open(ledger, target);
    lane.wake();
    await failed(1);
    expect(entry).toMatchObject({ lastError: "connection refused", failingSince: ledger.now });
    publish(1, 3);
    ledger.hear(sighted({ attributeId: 1 }));
    target.behaviour = () => [];
    await until(() => target.held.size === 2);
    expect(target.values).toEqual(["d2.example", "d3.example"]);
    await until(() => entry.attempts === 0);
    expect(entry).toMatchObject({ lastError: null, failingSince: null, nextAttempt: null });
  });

  test("is left alone for as long as it asks, whatever changes meanwhile", async () => {
    publish(1);
    target.behaviour = () => {
      publish(1, target.tries.length + 1);
      lane.wake();
      throw new NotNow("429", { wait: 60_000 });
    };
    const { lane, entry, failed } = await ALane.open(ledger, target);
    lane.wake();
    await failed(1);
    expect(entry.nextAttempt).toBe(ledger.now + 60_000);
    for (let round = 0; round < 20; round += 1) {
      lane.wake();
      await nextTurn();
    }
    await lane.exclusively(() => {});
    expect(target.tries).toHaveLength(1);
    target.behaviour = () => [];
    lane.retryNow();
    await until(() => target.held.size === 2);
  });

  test("waits longer with each failure", async () => {
    publish(1);
    target.behaviour = down;
    const { lane, entry, failed } = await ALane.open(ledger, target, { random: () => 0.98 });
    const waits: (number | undefined)[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      lane.retryNow();
      await failed(attempt);
      waits.push((entry.nextAttempt ?? 0) - ledger.now);
    }
    expect(waits).toEqual([490, 980, 1_960, 3_920]);
  });

  test("is tried with a few items once it has failed often, and with all again when it takes them", async () => {
    publish(300);
    target.behaviour = down;
    const { lane, failed } = await ALane.open(ledger, target, { batch: 200, random: () => 0.9 });
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      lane.retryNow();
      await failed(attempt);
    }
    target.behaviour = () => [];
    lane.retryNow();
    await until(() => target.held.size === 300);
    expect(target.tries.map((delta) => itemsOf(delta).length)).toEqual([200, 200, 200, 10, 10, 200, 90]);
  });

  test("is never tried with more than it takes at a time, probe or not", async () => {
    publish(20);
    target.behaviour = down;
    const { lane, failed } = await ALane.open(ledger, target, { batch: 4, random: () => 0.9 });
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      lane.retryNow();
      await failed(attempt);
    }
    expect(Math.max(...target.tries.map((delta) => itemsOf(delta).length))).toBe(4);
  });

  test("does not hold up another one", async () => {
    publish(5);
    const dead = await ALane.open(ledger, new ATarget(() => new Promise(() => {})));
    const alive = await ALane.open(ledger, target, { view: aView({ name: "other" }) });
    dead.lane.wake();
    alive.lane.wake();
    await until(() => target.held.size === 5);
    expect(dead.target.tries).toHaveLength(1);
  });
});

describe("a target that is not ready", () => {
  test("is asked again, though there is nothing to deliver, and is then in order", async () => {
    const asked: number[] = [];
    const preparing = Object.assign(target, {
      prepare: async () => {
        asked.push(asked.length);
        if (asked.length < 3) throw new NotNow("another program listens there", { wait: 60_000 });
      },
    });
    const { lane, entry, failed } = await ALane.open(ledger, preparing);
    lane.start();
    await failed(1);
    expect(entry).toMatchObject({ lastError: "another program listens there", nextAttempt: ledger.now + 60_000 });
    lane.wake();
    await lane.exclusively(() => {});
    expect(asked).toHaveLength(1);
    lane.retryNow();
    await failed(2);
    lane.retryNow();
    await until(() => entry.attempts === 0);
    expect(entry).toMatchObject({ lastError: null, failingSince: null, nextAttempt: null });
    publish(1);
    lane.wake();
    await until(() => target.held.size === 1);
    expect(asked).toHaveLength(3);
  });
});

describe("a target that hangs", () => {
  test("is given up on, told so by its signal, and tried again", async () => {
    publish(1);
    const signals: AbortSignal[] = [];
    target.behaviour = (_, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { lane, entry, failed } = await ALane.open(ledger, target, { timeout: 20, random: () => 0.9 });
    lane.wake();
    await failed(1);
    expect(entry.lastError).toBe("no answer within 0.02 seconds");
    expect(signals[0]?.aborted).toBe(true);
    target.behaviour = () => [];
    lane.retryNow();
    await until(() => target.held.size === 1);
  });
});

describe("a target with a bug in it", () => {
  test("is told apart in the log, and tried again like any other", async () => {
    publish(1);
    const bug = new TypeError("undefined is not a function");
    target.behaviour = () => Promise.reject(bug);
    const { lane, logged, failed } = await ALane.open(ledger, target, { random: () => 0.9 });
    lane.wake();
    await failed(1);
    expect(logged).toMatchObject([["error", "Delivery failed unexpectedly", { target: "lists", error: bug }]]);
  });

  test("that refuses without saying what is asked until it is known", async () => {
    publish(20);
    target.behaviour = (delta) => {
      if (itemsOf(delta).some(({ value }) => value === "d7.example")) throw new Refused("400");
      return [];
    };
    const { lane, entry } = await ALane.open(ledger, target);
    lane.wake();
    await until(() => target.held.size === 19 && entry.parked.length > 0);
    expect(entry.parked).toMatchObject([{ value: "d7.example", reason: "400", operation: "add" }]);
  });

  test("is told to have taken only what it did not refuse", async () => {
    publish(20);
    const told: string[][] = [];
    target.behaviour = (delta) =>
      itemsOf(delta)
        .filter(({ value }) => value === "d7.example")
        .map(({ type, value }) => ({ type, value, reason: "too odd" }));
    const { lane, entry } = await ALane.open(ledger, target, {
      delivered: (_, { delta }) => void told.push(delta.add.map(({ value }) => value)),
    });
    lane.wake();
    await until(() => entry.parked.length > 0 && told.length > 0);
    expect(told).toHaveLength(1);
    expect(told[0]).toHaveLength(19);
    expect(told[0]).not.toContain("d7.example");
  });
});
