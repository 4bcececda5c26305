import { beforeEach, describe, expect, test } from "vitest";
import type { MassLimits } from "../../src/delivery/mass.ts";
import { NotNow } from "../../src/targets/target.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";
import { NOW } from "../support/an-attribute.ts";
import { anEvent } from "../support/an-event.ts";
import { ruleSettings } from "../support/rule-settings.ts";

const LIMITS: MassLimits = { max_removed: { percent: 20, at_least: 10 }, max_added: null, never_empty: false };
const HOUR = 3_600;

let ledger: ALedger;
let target: ATarget;

beforeEach(() => {
  ledger = new ALedger();
  ledger.hear(heardEvent());
  ledger.published();
  target = new ATarget();
});

const domain = (id: number) => `d${id}.example`;

function tell(first: number, last: number, facts: { toIds?: boolean; deleted?: boolean; comment?: string } = {}): void {
  const ids = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const how = Object.keys(facts).length > 0 ? "edit" : "add";
  ledger.hear(...ids.map((id) => told({ id, value: domain(id), ...facts }, how)));
}

async function open(limits: Partial<MassLimits> = {}, rest: Parameters<typeof ALane.open>[2] = {}) {
  const opened = await ALane.open(ledger, target, { limits: { ...LIMITS, ...limits }, ...rest });
  return {
    ...opened,
    /** Delivers all there is. */
    deliver: async () => {
      opened.lane.wake();
      await until(() => ledger.ledger.deltas.lag("lists") === 0);
      await opened.lane.stop(1_000);
      return open(limits, rest);
    },
  };
}

const holds = () => ledger.ledger.deltas.holds.list();
const filled = async (count: number, limits: Partial<MassLimits> = {}) => {
  tell(1, count);
  return (await open(limits)).deliver();
};

/** A lane to a target that held 100, and is down while a mass of removals is held. */
async function heldWhileDown() {
  const { deliver } = await filled(100);
  const { lane, failed } = await deliver();
  target.behaviour = () => Promise.reject(new NotNow("away"));
  tell(101, 101);
  tell(1, 95, { toIds: false });
  lane.wake();
  await failed(1);
  expect(holds()).toHaveLength(1);
  return lane;
}

describe("a mass change", () => {
  test("that would take off 95 % is held, with its reason and names, and the target keeps what it has", async () => {
    const lane = await filled(100);
    tell(1, 95, { toIds: false });
    await lane.deliver();
    expect(target.held.size).toBe(100);
    expect(lane.logged).toMatchObject([
      ["error", expect.stringContaining("held"), { target: "lists", kind: "remove", count: 95 }],
    ]);
    expect(holds()).toMatchObject([
      { target: "lists", kind: "remove", count: 95, why: { to_ids: 95 }, reason: expect.stringContaining("95 of 100") },
    ]);
    expect(holds()[0]?.samples).toContainEqual({ type: "domain", value: "d1.example" });
  });

  test("stays held while other things go on: additions come, single removals of any kind pass", async () => {
    let lane = await filled(100);
    tell(1, 90, { toIds: false });
    lane = await lane.deliver();
    tell(101, 102);
    tell(99, 99, { deleted: true });
    ledger.hear(sighted({ attributeId: 98 }));
    lane = await lane.deliver();
    expect(target.held.size).toBe(100);
    for (const gone of [98, 99]) expect(target.values).not.toContain(domain(gone));
    expect(holds()).toMatchObject([{ count: 90 }]);
  });

  test("lets a thumbs-down pass for one of those that are held, and no mere mention", async () => {
    let lane = await filled(100);
    tell(1, 90, { toIds: false });
    lane = await lane.deliver();
    ledger.hear(sighted({ attributeId: 5 }));
    ledger.hear(told({ id: 6, value: domain(6), toIds: false, tags: ["mentioned"] }, "edit"));
    lane = await lane.deliver();
    expect(target.values).not.toContain(domain(5));
    expect(target.values).toContain(domain(6));
    expect(holds()).toMatchObject([{ count: 89 }]);
  });

  test("is over when what caused it is put right, without anybody's decision", async () => {
    let lane = await filled(100);
    tell(1, 90, { toIds: false });
    lane = await lane.deliver();
    ledger.now += 1_000;
    tell(1, 90, { toIds: true });
    ledger.published();
    await lane.deliver();
    expect(target.held.size).toBe(100);
    expect(holds()).toEqual([]);
  });

  test("stays held through a crash, and is decided on then", async () => {
    let lane = await filled(100);
    tell(1, 95, { toIds: false });
    lane = await lane.deliver();
    ledger.reopen();
    lane = await open();
    tell(101, 101);
    lane = await lane.deliver();
    expect(target.held.size).toBe(101);
    expect(ledger.ledger.deltas.holds.release("lists", ledger.now)).toBe(95);
    await lane.deliver();
    await until(() => target.held.size === 6);
    expect(holds()).toEqual([]);
  });

  test("is over also when that is put right before anything was kept aside, as of a target that is down", async () => {
    const lane = await heldWhileDown();
    ledger.hear(...Array.from({ length: 95 }, (_, n) => told({ id: n + 1, value: domain(n + 1) }, "edit")));
    target.behaviour = () => [];
    lane.retryNow();
    await until(() => target.held.size === 101 && ledger.ledger.deltas.lag("lists") === 0);
    await lane.stop(1_000);
    expect(holds()).toEqual([]);
  });

  test("of which nothing was aside yet when it was let go, as of a target that is down, is shown, and goes once it is let go again", async () => {
    const lane = await heldWhileDown();
    ledger.ledger.deltas.holds.release("lists", ledger.now);
    target.behaviour = () => [];
    lane.retryNow();
    await until(() => ledger.ledger.deltas.lag("lists") === 0);
    expect(holds()).toMatchObject([{ kind: "remove", count: 95, reason: expect.stringContaining("95 of 100") }]);
    ledger.ledger.deltas.holds.release("lists", ledger.now);
    lane.wake();
    await until(() => target.held.size === 6);
    await lane.stop(1_000);
    expect(holds()).toEqual([]);
  });

  test("that is discarded leaves the target as it is, until something else is said", async () => {
    let lane = await filled(100);
    tell(1, 95, { toIds: false });
    lane = await lane.deliver();
    expect(ledger.ledger.deltas.holds.discard(undefined, ledger.now)).toBe(95);
    expect(holds()).toEqual([]);
    ledger.reopen();
    lane = await (await open()).deliver();
    expect(target.held.size).toBe(100);
    ledger.hear(sighted({ attributeId: 7 }));
    tell(8, 8, { toIds: false, deleted: true });
    await lane.deliver();
    expect(target.held.size).toBe(98);
  });

  test("of thumbs that is discarded stays so when their attributes are edited or read again, until one more is given", async () => {
    let lane = await filled(100);
    ledger.hear(...Array.from({ length: 95 }, (_, n) => sighted({ id: n + 1, attributeId: n + 1 })));
    lane = await lane.deliver();
    expect(ledger.ledger.deltas.holds.discard(undefined, ledger.now)).toBe(95);
    ledger.pass(60);
    const edited = (id: number) => told({ id, value: domain(id), timestamp: NOW + 30 }, "edit");
    ledger.hear(edited(7), edited(20));
    lane = await lane.deliver();
    expect(target.held.size).toBe(100);
    expect(holds()).toEqual([]);
    ledger.hear(sighted({ id: 200, attributeId: 7, organisationId: 3 }));
    await lane.deliver();
    expect([...target.held.values()].map(({ value }) => value)).not.toContain(domain(7));
    expect(target.held.size).toBe(99);
  });

  test("that comes bit by bit is noticed all the same, and single removals pass after it", async () => {
    const lane = await filled(100);
    lane.lane.wake();
    for (let id = 1; id <= 90; id += 15) {
      tell(id, id + 14, { toIds: false });
      lane.lane.wake();
      await until(() => ledger.ledger.deltas.lag("lists") === 0);
    }
    expect(target.held.size).toBe(85);
    ledger.hear(sighted({ attributeId: 95 }));
    tell(96, 96, { deleted: true });
    lane.lane.wake();
    await until(() => target.held.size === 83);
    ledger.pass(HOUR + 1);
    expect(holds()).toMatchObject([{ count: 75 }]);
  });

  test("counts for an hour and no longer by a clock that is set back", async () => {
    const lane = await filled(100);
    lane.lane.wake();
    tell(1, 20, { toIds: false });
    lane.lane.wake();
    await until(() => target.held.size === 80);
    ledger.now -= 24 * HOUR * 1_000;
    tell(21, 22, { toIds: false });
    lane.lane.wake();
    await until(() => target.held.size === 78);
    ledger.now += (HOUR + 1) * 1_000;
    tell(23, 37, { toIds: false });
    lane.lane.wake();
    await until(() => target.held.size === 63);
    expect(holds()).toEqual([]);
  });

  test("is not what comes one by one, however low the limits are and however much came before", async () => {
    const lane = await filled(30, { max_removed: { percent: 0, at_least: 0 } });
    lane.lane.wake();
    for (let id = 1; id <= 30; id += 2) {
      ledger.hear(sighted({ id, attributeId: id }));
      lane.lane.wake();
      await until(() => ledger.ledger.deltas.lag("lists") === 0);
      tell(id + 1, id + 1, { deleted: true });
      lane.lane.wake();
      await until(() => ledger.ledger.deltas.lag("lists") === 0);
    }
    expect(target.held.size).toBe(0);
    expect(holds()).toEqual([]);
  });

  test("is what rules take off one by one, when it comes to much", async () => {
    const lane = await filled(100);
    for (let id = 1; id <= 40; id += 1) {
      tell(id, id, { comment: "SOC Exception" });
      lane.lane.wake();
      await until(() => ledger.ledger.deltas.lag("lists") === 0);
    }
    expect(target.held.size).toBe(70);
    expect(holds()).toMatchObject([{ count: 10, why: { exception: 10 } }]);
  });

  test("is counted to its end, however long it is", async () => {
    const limits = { max_removed: { percent: 60, at_least: 10 } };
    const lane = await filled(2_000, limits);
    tell(1, 1_600, { toIds: false });
    await lane.deliver();
    expect(target.held.size).toBe(2_000);
    expect(holds()).toMatchObject([{ count: 1_600 }]);
  });

  test("that is within the limits goes through", async () => {
    const lane = await filled(100);
    tell(1, 20, { toIds: false });
    await lane.deliver();
    expect(target.held.size).toBe(80);
    expect(holds()).toEqual([]);
  });
});

describe("rules that change", () => {
  const SLIP = ruleSettings({}, [{ types: ["ip-dst"] }]);

  test("are one change, however many slices they are judged in, and thumbs pass meanwhile", async () => {
    tell(1, 600);
    await (await open()).deliver();
    ledger.reopen(SLIP);
    const { lane } = await open();
    for (let more = true; more; ) {
      more = ledger.ledger.review().more;
      if (more) ledger.hear(sighted({ id: 1, attributeId: 599 }));
      lane.wake();
      await until(() => ledger.ledger.deltas.lag("lists") === 0);
    }
    await until(() => holds().length === 1);
    expect(target.held.size).toBe(599);
    expect(holds()).toMatchObject([{ count: 599, why: { filtered: 599 } }]);
  });

  test("are one change also where the courier ends between two slices, and another one judges the rest", async () => {
    tell(1, 600);
    await (await open()).deliver();
    ledger.reopen(SLIP);
    expect(ledger.ledger.review().more).toBe(true);
    await (await open()).deliver();
    expect(holds()).toEqual([]);
    ledger.reopen(SLIP);
    ledger.reviewed();
    const { lane } = await open();
    lane.wake();
    await until(() => holds().length === 1);
    expect(target.held.size).toBe(600);
    expect(holds()).toMatchObject([{ count: 600, why: { filtered: 600 } }]);
  });

  test("are held together where each of their slices is within the limits", async () => {
    const limits = { max_removed: { percent: 40, at_least: 10 } };
    tell(1, 600);
    const address = (n: number) => `198.51.${n >> 8}.${n & 255}`;
    ledger.hear(...Array.from({ length: 600 }, (_, n) => told({ id: 1_000 + n, value: address(n), type: "ip-dst" })));
    await (await open(limits)).deliver();
    ledger.reopen(SLIP);
    const { lane } = await open(limits);
    for (let more = true; more; ) {
      more = ledger.ledger.review().more;
      lane.wake();
      await lane.exclusively(() => {});
    }
    await until(() => holds().length === 1);
    expect(holds()).toMatchObject([{ count: 600 }]);
  });

  test("that take off little take it off once all is judged", async () => {
    tell(1, 100);
    ledger.hear(told({ id: 200, value: "198.51.100.7", type: "ip-dst" }));
    await (await open()).deliver();
    ledger.reopen(ruleSettings({}, [{ types: ["domain"] }]));
    const { lane } = await open();
    ledger.reviewed();
    lane.wake();
    await until(() => target.held.size === 100);
    expect(holds()).toEqual([]);
  });

  test("of the target alone are held as well", async () => {
    await filled(100);
    const view = aView({ digest: "2", rules: { types: new Set(["url"]) } });
    await (await open({}, { view })).deliver();
    expect(target.held.size).toBe(100);
    expect(holds()).toMatchObject([{ count: 100, why: { type: 100 } }]);
  });
});

describe("an event that is deleted", () => {
  async function deliverSliceBySlice(): Promise<void> {
    const { lane } = await open();
    for (let more = true; more; ) {
      more = ledger.ledger.review().more;
      lane.wake();
      await until(() => ledger.ledger.deltas.lag("lists") === 0);
    }
  }

  test("is one change, however many slices it is judged in", async () => {
    tell(1, 260);
    await (await open()).deliver();
    ledger.hear({ kind: "event-deleted", id: anEvent().id, uuid: anEvent().uuid });
    await deliverSliceBySlice();
    await until(() => holds().length === 1);
    expect(target.held.size).toBe(260);
    expect(holds()).toMatchObject([{ count: 260, why: { event_deleted: 260 } }]);
  });

  test("and is within the limits goes once all of it is judged", async () => {
    tell(1, 260);
    ledger.hear(heardEvent({ id: 2 }));
    ledger.published({ id: 2 });
    const others = Array.from({ length: 1_200 }, (_, index) => 1_000 + index);
    ledger.hear(...others.map((id) => told({ id, value: domain(id), eventId: 2 })));
    await (await open()).deliver();
    expect(target.held.size).toBe(1_460);
    ledger.hear({ kind: "event-deleted", id: anEvent().id, uuid: anEvent().uuid });
    await deliverSliceBySlice();
    await until(() => target.held.size === 1_200);
    expect(holds()).toEqual([]);
  });
});

describe("additions", () => {
  test("have no limit unless one is set", async () => {
    await filled(300);
    expect(target.held.size).toBe(300);
  });

  test("beyond a limit are held, released, and renewals are not touched", async () => {
    const max_added = { percent: 50, at_least: 100 };
    let lane = await filled(100, { max_added });
    expect(target.held.size).toBe(100);
    tell(101, 400);
    lane = await lane.deliver();
    expect(target.held.size).toBe(100);
    expect(holds()).toMatchObject([{ kind: "add", count: 300, reason: expect.stringContaining("300 of 100") }]);
    tell(399, 400, { deleted: true });
    lane = await lane.deliver();
    expect(holds()).toMatchObject([{ kind: "add", count: 298 }]);
    ledger.ledger.deltas.holds.release("lists", ledger.now);
    await lane.deliver();
    await until(() => target.held.size === 398);
  });
});

test("additions that were discarded stay away whatever is told of them, and come when they are let go after all", async () => {
  let lane = await filled(100, { max_added: { percent: 50, at_least: 100 } });
  tell(101, 400);
  lane = await lane.deliver();
  const { holds: kept } = ledger.ledger.deltas;
  expect(kept.discard("lists", ledger.now)).toBe(300);
  ledger.hear(told({ id: 101, value: domain(101), timestamp: NOW + 30 }, "edit"));
  lane = await lane.deliver();
  expect(target.held.size).toBe(100);
  expect(kept.release("another", ledger.now, "discarded")).toBe(0);
  expect(kept.release("lists", ledger.now)).toBe(0);
  expect(kept.release("lists", ledger.now, "discarded")).toBe(300);
  await lane.deliver();
  await until(() => target.held.size === 400);
  expect(kept.release(undefined, ledger.now, "discarded")).toBe(0);
});

test("a target that must never be empty keeps its last indicators, however few, but for single removals", async () => {
  let lane = await filled(5, { never_empty: true });
  tell(1, 5, { toIds: false });
  lane = await lane.deliver();
  expect(target.held.size).toBe(5);
  expect(holds()).toMatchObject([{ reason: "5 of 5 would leave it empty" }]);
  ledger.hear(sighted({ attributeId: 1 }));
  await lane.deliver();
  expect(target.values).not.toContain(domain(1));
});

test("a target that must never be empty may change all that it holds, and another one may be empty", async () => {
  let lane = await filled(5, { never_empty: true });
  tell(1, 5, { toIds: false });
  tell(6, 10);
  await lane.deliver();
  expect(target.values).toEqual([10, 6, 7, 8, 9].map(domain));
  lane = await open();
  tell(6, 10, { toIds: false });
  await lane.deliver();
  expect(target.held.size).toBe(0);
});

describe("one word in MISP that takes off several indicators passes as one, whatever the limits are:", () => {
  const NONE: Partial<MassLimits> = { max_removed: { percent: 0, at_least: 0 }, never_empty: true };
  const held = () => ledger.ledger.deltas.held("lists");
  const pair = { id: 1, type: "domain|ip", value: "pair.example|203.0.113.5" };
  const twice = [
    { id: 1, type: "ip-src", value: "203.0.113.5" },
    { id: 2, type: "ip-dst", value: "203.0.113.5" },
  ];

  test("a thumbs-down on an attribute with two halves", async () => {
    ledger.hear(told(pair));
    const lane = await (await open(NONE)).deliver();
    expect(held()).toBe(2);
    ledger.hear(sighted({ attributeId: 1 }));
    await lane.deliver();
    expect(held()).toBe(0);
  });

  test.each([
    ["its deletion", told({ ...pair, deleted: true }, "edit"), 0],
    ["to_ids taken off it", told({ ...pair, toIds: false }, "edit"), 0],
    ["another address in it", told({ ...pair, value: "pair.example|203.0.113.6" }, "edit"), 2],
    ["the deletion of its event", { kind: "event-deleted", id: anEvent().id, uuid: anEvent().uuid } as const, 0],
  ])("%s", async (_, word, left) => {
    ledger.hear(told(pair));
    const lane = await (await open(NONE)).deliver();
    ledger.hear(word);
    ledger.reviewed();
    await lane.deliver();
    expect(held()).toBe(left);
  });

  test("a thumbs-down on a value that occurs in two types", async () => {
    ledger.hear(...twice.map((attribute) => told(attribute)));
    const lane = await (await open(NONE)).deliver();
    expect(held()).toBe(2);
    ledger.hear(sighted({ attributeId: 2 }));
    await lane.deliver();
    expect(held()).toBe(0);
  });

  test("but not two thumbs-down, on two values", async () => {
    tell(1, 2);
    const lane = await (await open(NONE)).deliver();
    ledger.hear(sighted({ id: 1, attributeId: 1 }), sighted({ id: 2, attributeId: 2 }));
    await lane.deliver();
    expect(held()).toBe(2);
  });

  test("but not two deletions, even of one value", async () => {
    ledger.hear(...twice.map((attribute) => told(attribute)));
    const lane = await (await open(NONE)).deliver();
    ledger.hear(...twice.map((attribute) => told({ ...attribute, deleted: true }, "edit")));
    await lane.deliver();
    expect(held()).toBe(2);
  });
});

test("what must not go out any more is held where it is a mass, while the lane runs as well", async () => {
  let kept: readonly string[] = [];
  const protection = ({ value }: { value: string }) =>
    kept.includes(value) ? ({ withheld: "protected", by: "own" } as const) : null;
  const { lane } = await filled(100);
  await lane.stop(1_000);
  const opened = await open({}, { view: aView({ rules: { protection } }) });
  const compared = async (digest: string) => {
    ledger.ledger.deltas.guarded("lists", digest);
    opened.lane.wake();
    await until(() => ledger.ledger.deltas.lag("lists") === 0);
  };
  kept = [domain(1), domain(2)];
  await compared("two");
  expect(target.held.size).toBe(98);
  kept = Array.from({ length: 95 }, (_, index) => domain(index + 1));
  await compared("many");
  expect(target.held.size).toBe(98);
  expect(holds()).toMatchObject([{ count: 93, why: { protected: 93 } }]);
  await opened.lane.stop(1_000);
});

test("what must not go out changes: the target is compared once more", async () => {
  let kept = "";
  const protection = ({ value }: { value: string }) =>
    value === kept ? ({ withheld: "protected", by: "own" } as const) : null;
  const view = aView({ rules: { protection } });
  tell(1, 3);
  const lane = await (await open({}, { view })).deliver();
  kept = domain(2);
  ledger.ledger.deltas.guarded("lists", "another");
  await lane.deliver();
  expect(target.values).toEqual([domain(1), domain(3)]);
  kept = "";
  ledger.ledger.deltas.guarded("lists", "none");
  await (await open({}, { view })).deliver();
  expect(target.values).toEqual([domain(1), domain(2), domain(3)]);
});
