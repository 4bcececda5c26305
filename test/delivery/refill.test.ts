import { expect, test, vi } from "vitest";
import { LedgerPulse } from "../../src/ledger/report/pulse.ts";
import { StateUnwritable } from "../../src/state/damaged.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";

/** A target that has no place for types until it is given some of them. */
class Shelves extends ATarget {
  asked = 0;

  async bare(types: Iterable<string>, _signal: AbortSignal): Promise<string[] | "everything"> {
    this.asked += 1;
    const there = new Set([...this.held.values()].map(({ type }) => type));
    return [...new Set([...types, "domain"])].filter((type) => !there.has(type));
  }

  lose(type: string): void {
    for (const entry of this.held.values()) if (entry.type === type) this.held.delete(entry.value);
  }
}

async function aFilledLane(batch = 100) {
  const ledger = new ALedger();
  ledger.hear(heardEvent());
  ledger.published();
  const domains = [1, 2, 3, 4, 5].map((id) => told({ id, value: `d${id}.example` }));
  ledger.hear(...domains, told({ id: 6, type: "url", value: "https://u.example/" }));
  const target = new Shelves();
  const opened = await ALane.open(ledger, target, { batch });
  opened.lane.wake();
  await until(() => target.held.size === 6);
  return { ...opened, ledger, target };
}

test("a target that lost the place of a type gets all of that type again with the next delta", async () => {
  const { ledger, target, lane, logged } = await aFilledLane();
  target.lose("domain");
  ledger.hear(told({ id: 7, value: "d7.example" }));
  lane.wake();
  await until(() => target.held.size === 7);
  expect(target.tries.at(-1)?.add).toHaveLength(6);
  const sentence = "The target has lost some of what it held; it is sent again";
  expect(logged).toEqual([["warn", sentence, { target: "lists", missing: 5 }]]);
});

test("what is to be removed meanwhile does not come back with it", async () => {
  const { ledger, target, lane } = await aFilledLane();
  target.lose("domain");
  ledger.hear(sighted({ attributeId: 3 }));
  lane.wake();
  await until(() => target.held.size === 5);
  expect(target.tries.at(-1)?.remove).toMatchObject([{ value: "d3.example" }]);
  expect(target.values).not.toContain("d3.example");
});

test("a delta of another type brings it, too, in steps that are no larger than they may be", async () => {
  const { ledger, target, lane } = await aFilledLane(2);
  target.lose("domain");
  ledger.hear(told({ id: 7, type: "url", value: "https://v.example/" }));
  lane.wake();
  await until(() => target.held.size === 7);
  for (const { add } of target.tries) expect(add.length).toBeLessThanOrEqual(2);
});

test.each([
  ["it", ["domain"]],
  ["everything", "everything" as const],
])(
  "what a target tells of once, as it lost %s, is sent again also where the ledger could not be written just then",
  async (_, lost) => {
    const { ledger, target, lane, failed } = await aFilledLane();
    target.lose("domain");
    target.bare = vi.fn(async () => [] as string[] | "everything").mockResolvedValueOnce(lost);
    vi.spyOn(ledger.ledger.holdings, "distrust").mockImplementationOnce(() => {
      throw new StateUnwritable("the disk is full");
    });
    ledger.hear(told({ id: 7, type: "url", value: "https://v.example/" }));
    lane.wake();
    await failed(1);
    lane.retryNow();
    await until(() => target.held.size === 7);
  },
);

test("a target is asked once at the start and with each delivery, and left alone while there is none", async () => {
  const { target, lane } = await aFilledLane();
  await lane.exclusively(() => {});
  const { asked } = target;
  lane.wake();
  await lane.exclusively(() => {});
  expect(target.asked).toBe(asked);
});

test("the first of a type is no loss", async () => {
  const { ledger, target, lane, logged } = await aFilledLane();
  ledger.hear(told({ id: 7, type: "hostname", value: "h.example" }));
  lane.wake();
  await until(() => target.held.size === 7);
  expect(logged).toEqual([]);
  expect(target.tries).toHaveLength(2);
});

test("one that has lost everything gets it back at the start, with nothing else to deliver", async () => {
  const { ledger, target, lane } = await aFilledLane();
  await lane.stop(0);
  target.held.clear();
  target.bare = async () => (target.held.size === 0 ? "everything" : []);
  const { lane: next } = await ALane.open(ledger, target);
  next.start();
  await until(() => target.held.size === 6);
});

test("one that fails while it gets back what it has lost lags behind by all of that", async () => {
  const { ledger, target, lane } = await aFilledLane();
  await lane.stop(0);
  target.held.clear();
  target.bare = async () => (target.held.size === 0 ? "everything" : []);
  target.behaviour = () => Promise.reject(new Error("it is down"));
  const { lane: next, failed } = await ALane.open(ledger, target);
  next.start();
  await failed(1);
  const lag = () => {
    using pulse = new LedgerPulse(ledger.file);
    const { deltas } = ledger.ledger;
    const told = deltas.lag("lists") + deltas.holds.again(deltas.idOf("lists"));
    return [told, pulse.look().behind.get("lists"), ledger.report((report) => report.summary().targets[0]?.lag)];
  };
  expect(lag()).toEqual([6, 6, 6]);
  target.behaviour = () => [];
  next.retryNow();
  await until(() => lag().every((count) => count === 0));
});

test("what a target that hangs was asked ends with its lane, so that nothing keeps the courier from ending", async () => {
  const { ledger, target, lane } = await aFilledLane();
  const asked = new Promise<AbortSignal>((resolve) => {
    target.bare = (_, signal) => {
      resolve(signal);
      return new Promise(() => undefined);
    };
  });
  ledger.hear(told({ id: 7, value: "d7.example" }));
  lane.wake();
  const signal = await asked;
  await lane.stop(0);
  expect(signal.aborted).toBe(true);
});

test("what cannot be told at the moment is a delivery that failed, and nothing is sent again over it", async () => {
  const { ledger, target, lane, failed, journal } = await aFilledLane();
  const bare = target.bare.bind(target);
  target.bare = () => Promise.reject(new Error("the folder is away"));
  ledger.hear(told({ id: 7, value: "d7.example" }));
  lane.wake();
  await failed(1);
  expect(journal.entry("lists").lastError).toBe("the folder is away");
  target.bare = bare;
  lane.retryNow();
  await until(() => target.held.size === 7);
  expect(target.tries.at(-1)?.add).toHaveLength(1);
});
