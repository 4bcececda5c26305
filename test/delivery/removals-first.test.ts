import { beforeEach, describe, expect, test } from "vitest";
import { gather } from "../../src/delivery/gather.ts";
import type { Delta } from "../../src/model/delta.ts";
import { SightingType } from "../../src/model/misp.ts";
import { NotNow } from "../../src/targets/target.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";

const VIEW = aView();
let ledger: ALedger;
let target: ATarget;
let sightings = 0;

beforeEach(() => {
  ledger = new ALedger();
  ledger.hear(heardEvent());
  ledger.published();
  target = new ATarget();
});

const value = (id: number) => `d${id}.example`;
const idsBetween = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

/** Publishes domains by their numbers. */
function publish(first: number, last: number): void {
  ledger.hear(...idsBetween(first, last).map((id) => told({ id, value: value(id) })));
}

function thumb(id: number, type: SightingType = SightingType.falsePositive): void {
  ledger.now += 1_000;
  sightings += 1;
  ledger.hear(sighted({ id: sightings, attributeId: id, type, date: Math.floor(ledger.now / 1000) }));
}

function sent({ add, remove }: Delta) {
  return { add: add.map((entry) => entry.value), remove: remove.map((item) => item.value) };
}

/** A lane whose target holds the first domains, and then takes `meanwhile` in between its steps of ten. */
async function drainOf(held: number, backlog: number, meanwhile: (lane: ALane, tries: number) => void) {
  publish(1, held);
  const lane = await ALane.open(ledger, target, { batch: 100, rate: 10, rest: async () => {} });
  lane.lane.wake();
  await until(() => target.held.size === held);
  target.tries.length = 0;
  publish(held + 1, held + backlog);
  target.behaviour = () => {
    meanwhile(lane, target.tries.length);
    return [];
  };
  lane.lane.wake();
  return lane;
}

describe("while a backlog drains at its rate", () => {
  test("a thumbs-down goes out with the next step, ahead of all that waits to be added", async () => {
    await drainOf(5, 50, (_, tries) => tries === 1 && thumb(3));
    await until(() => target.held.size === 54);
    expect(target.tries.map(sent).findIndex(({ remove }) => remove.includes(value(3)))).toBe(1);
    expect(target.tries).toHaveLength(6);
  });

  test("what was taken off and wanted again is only compared at its turn, and is on the list in the end", async () => {
    await drainOf(5, 50, (_, tries) => {
      if (tries === 1) thumb(3);
      if (tries === 3) thumb(3, SightingType.seen);
    });
    await until(() => target.held.size === 55);
    const words = target.tries.flatMap((delta) => {
      const { add, remove } = sent(delta);
      return [...(remove.includes(value(3)) ? ["off"] : []), ...(add.includes(value(3)) ? ["on"] : [])];
    });
    expect(words).toEqual(["off", "on"]);
  });

  test("what is taken back before it was sent is never sent", async () => {
    await drainOf(5, 50, (_, tries) => tries === 1 && thumb(50));
    await until(() => target.held.size === 54);
    expect(target.tries.flatMap((delta) => [...sent(delta).add, ...sent(delta).remove])).not.toContain(value(50));
  });

  test("a mass of removals that the guard holds stays held, and additions go on", async () => {
    publish(1, 100);
    const limits = { max_removed: { percent: 20, at_least: 10 }, max_added: null, never_empty: false };
    const { lane } = await ALane.open(ledger, target, { limits, batch: 10 });
    lane.wake();
    await until(() => target.held.size === 100);
    publish(101, 200);
    ledger.hear(...idsBetween(1, 90).map((id) => told({ id, value: value(id), toIds: false }, "edit")));
    lane.wake();
    await until(() => target.held.size === 200 && ledger.ledger.deltas.lag("lists") === 0);
    expect(ledger.ledger.deltas.holds.list()).toMatchObject([{ kind: "remove", count: 90 }]);
  });
});

describe("after an outage", () => {
  test("the probe, and what follows it, removes before it adds", async () => {
    publish(1, 30);
    const { lane, failed } = await ALane.open(ledger, target, { batch: 20, random: () => 0.9 });
    lane.wake();
    await until(() => target.held.size === 30);
    target.tries.length = 0;
    target.behaviour = () => {
      throw new NotNow("connection refused");
    };
    publish(31, 90);
    ledger.hear(...idsBetween(1, 25).map((id) => told({ id, value: value(id), toIds: false }, "edit")));
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      lane.retryNow();
      await failed(attempt);
    }
    target.tries.length = 0;
    target.behaviour = () => [];
    lane.retryNow();
    await until(() => target.held.size === 65);
    const sizes = target.tries.map(sent).map(({ add, remove }) => ({ add: add.length, remove: remove.length }));
    expect(sizes).toEqual([
      { add: 0, remove: 10 },
      { add: 5, remove: 15 },
      { add: 20, remove: 0 },
      { add: 20, remove: 0 },
      { add: 15, remove: 0 },
    ]);
  });

  test("what a try removed that then failed is removed again, still ahead of the rest", async () => {
    const { deltas } = ledger.ledger;
    deltas.register(VIEW);
    publish(1, 5);
    deltas.record(VIEW, await gather(deltas, VIEW, 10), []);
    publish(6, 30);
    thumb(2);
    const failed = await gather(deltas, VIEW, 3);
    expect(sent(failed.delta)).toEqual({ add: [value(6), value(7)], remove: [value(2)] });
    deltas.begin(VIEW, failed);
    expect(sent((await gather(deltas, VIEW, 3)).delta).remove).toEqual([value(2)]);
  });

  test("a restart in the middle finds the removals again", async () => {
    const { deltas } = ledger.ledger;
    deltas.register(VIEW);
    publish(1, 5);
    deltas.record(VIEW, await gather(deltas, VIEW, 10), []);
    publish(6, 30);
    for (const id of [1, 2, 3]) thumb(id);
    deltas.record(VIEW, await gather(deltas, VIEW, 2), []);
    ledger.reopen();
    const after = ledger.ledger.deltas;
    after.register(VIEW);
    expect(sent((await gather(after, VIEW, 2)).delta)).toEqual({ add: [value(6)], remove: [value(3)] });
  });
});

test("what was looked through for removals is not looked through again at the next step", async () => {
  const { deltas } = ledger.ledger;
  deltas.register(VIEW);
  publish(1, 40);
  const first = await gather(deltas, VIEW, 5);
  expect({ position: first.position < deltas.newest(), ahead: first.ahead }).toEqual({
    position: true,
    ahead: deltas.newest(),
  });
  deltas.record(VIEW, first, []);
  expect(deltas.progress("lists").ahead).toBe(deltas.newest());
});
