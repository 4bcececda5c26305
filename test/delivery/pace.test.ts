import { beforeEach, describe, expect, test } from "vitest";
import { itemsOf } from "../../src/delivery/isolate.ts";
import { mostAtOnce, restAfter } from "../../src/delivery/pace.ts";
import { NotNow } from "../../src/targets/target.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";

test.each([
  [500, undefined, 500],
  [500, 100, 100],
  [500, 2_000, 500],
  [500, 0.5, 1],
])("a batch of %d at a rate of %j is %d at once", (batch, rate, most) => {
  expect(mostAtOnce(batch, rate)).toBe(most);
});

test.each([
  [300, 10, undefined, 300],
  [9_000, 10, undefined, 2_000],
  [-5, 10, undefined, 0],
  [300, 100, 100, 700],
  [-3_600_000, 100, 100, 1_000],
  [300, 1, 100, 300],
  [1_500, 100, 100, 1_500],
  [10, 1, 0.5, 1_990],
])("after %d ms of work on %d items at a rate of %j it rests %d ms", (worked, items, rate, rest) => {
  expect(restAfter(worked, items, rate)).toBe(rest);
});

describe("a target that comes back after hours", () => {
  let ledger: ALedger;

  beforeEach(() => {
    ledger = new ALedger();
    ledger.hear(heardEvent());
    ledger.published();
  });

  const publish = (count: number, first = 1) =>
    ledger.hear(...Array.from({ length: count }, (_, n) => told({ id: first + n, value: `d${first + n}.example` })));

  test("gets no more than its rate, of each indicator only the newest, while others go on", async () => {
    const down = () => {
      throw new NotNow("connection refused");
    };
    const rests: number[] = [];
    const rest = async (milliseconds: number) => void rests.push(milliseconds);
    const slow = await ALane.open(ledger, new ATarget(down), { batch: 1_000, rate: 100, rest });
    const other = await ALane.open(ledger, new ATarget(), { view: aView({ name: "other" }), batch: 1_000 });
    slow.lane.wake();
    publish(1);
    ledger.published();
    slow.lane.wake();
    await slow.failed(1);
    // Hours pass: much comes, and some of it goes again.
    publish(450, 2);
    ledger.published();
    for (let id = 1; id <= 50; id += 1) ledger.hear(sighted({ id, attributeId: id }));
    ledger.now += 6 * 3_600_000;
    other.lane.wake();
    await until(() => other.target.held.size === 401);
    slow.target.tries.length = 0;
    rests.length = 0;
    slow.target.behaviour = () => [];
    slow.lane.retryNow();
    await until(() => slow.target.held.size === 401);
    const sizes = slow.target.tries.map((delta) => itemsOf(delta).length);
    expect(Math.max(...sizes)).toBe(100);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(402);
    // On this clock the work itself takes no time: each rest is as long as the items of its step ask for.
    expect(rests.slice(0, sizes.length - 1)).toEqual(sizes.slice(0, -1).map((size) => size * 10));
    const sent = slow.target.tries.flatMap(({ add }) => add.map(({ value }) => value));
    expect(sent).not.toContain("d30.example");
  });
});
