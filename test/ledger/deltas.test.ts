import { beforeEach, describe, expect, test } from "vitest";
import { compileFilter } from "../../src/curation/filter.ts";
import { gather } from "../../src/delivery/gather.ts";
import type { TargetView } from "../../src/ledger/delta/step.ts";
import { SightingType } from "../../src/model/misp.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget, refusing } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";
import { NOW } from "../support/an-attribute.ts";
import { DAY, ruleSettings } from "../support/rule-settings.ts";

const CONTEXT = {
  shows: ({ origins }: { origins: readonly { comment: string }[] }) => JSON.stringify(origins),
  origins: true,
};

let ledger: ALedger;
let target: ATarget;

beforeEach(() => {
  ledger = new ALedger();
  target = new ATarget();
  ledger.hear(heardEvent(), told({ value: "a.example" }), told({ id: 2, value: "b.example" }));
  ledger.published();
});

/** Delivers one step; returns its delta, values only. */
async function deliver(view: TargetView) {
  const { deltas } = ledger.ledger;
  const step = await gather(deltas, view, 100);
  deltas.begin(view, step);
  deltas.record(view, step, await target.apply(step.delta, new AbortController().signal));
  const { add, renew, remove } = step.delta;
  const values = (items: readonly { value: string }[]) => items.map(({ value }) => value).sort();
  return { add: values(add), renew: values(renew), remove: values(remove) };
}

function registered(view: TargetView): TargetView {
  ledger.ledger.deltas.register(view);
  return view;
}

const NOTHING = { add: [], renew: [], remove: [] };

test("a new target lacks everything that is active, and then nothing", async () => {
  const view = registered(aView());
  expect(await deliver(view)).toEqual({ ...NOTHING, add: ["a.example", "b.example"] });
  expect(await deliver(view)).toEqual(NOTHING);
  expect(ledger.ledger.deltas.lag("lists")).toBe(0);
});

test("a change is a delta of that change alone", async () => {
  const view = registered(aView());
  await deliver(view);
  ledger.hear(told({ value: "a.example", toIds: false, timestamp: NOW }, "edit"));
  expect(ledger.ledger.deltas.lag("lists")).toBe(1);
  expect(await deliver(view)).toEqual({ ...NOTHING, remove: ["a.example"] });
});

test("what came and went between two steps is no delta at all", async () => {
  const view = registered(aView());
  await deliver(view);
  ledger.hear(sighted());
  ledger.hear({ kind: "sighting-deleted", id: 1 });
  expect(await deliver(view)).toEqual(NOTHING);
});

test("each target has come as far as it has come", async () => {
  const view = registered(aView());
  await deliver(view);
  const other = registered(aView({ name: "other", rules: { types: new Set(["url"]) } }));
  expect(await deliver(other)).toEqual(NOTHING);
  expect(await deliver(view)).toEqual(NOTHING);
});

describe("a renewal", () => {
  test("is what a target shows of an indicator and no longer is so", async () => {
    const view = registered(aView(CONTEXT));
    await deliver(view);
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    expect(await deliver(view)).toEqual({ ...NOTHING, renew: ["a.example"] });
    expect(target.held.get("a.example")?.origins).toMatchObject([{ comment: "new" }]);
  });

  test("is no news for a target that shows nothing but the value", async () => {
    const view = registered(aView());
    await deliver(view);
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    expect(await deliver(view)).toEqual(NOTHING);
  });

  test("is not even noted where no target shows more than the value, unless a filter may look at it", () => {
    registered(aView());
    const before = ledger.ledger.deltas.newest();
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_600 }, "edit"));
    expect(ledger.ledger.deltas.newest()).toBe(before);
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_600, tags: ["tlp:red"] }, "edit"));
    expect(ledger.ledger.deltas.newest()).toBe(before + 1);
  });

  test("reaches a target that was away for a while, though nobody noted it", async () => {
    const view = registered(aView(CONTEXT));
    await deliver(view);
    ledger.reopen();
    registered(aView({ name: "other" }));
    ledger.ledger.deltas.registered();
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_600 }, "edit"));
    ledger.reopen();
    expect(await deliver(registered(aView(CONTEXT)))).toEqual({ ...NOTHING, renew: ["a.example"] });
  });

  test("comes with a later expiry for a target that shows it", async () => {
    const view = registered(aView({ shows: ({ expires }) => String(expires) }));
    await deliver(view);
    ledger.hear(sighted({ type: SightingType.seen, date: NOW - 5 }));
    expect(await deliver(view)).toEqual({ ...NOTHING, renew: ["a.example"] });
    expect(target.held.get("a.example")?.expires).toBe(NOW - 5 + 30 * DAY);
  });
});

describe("after a restart", () => {
  test("a target goes on where it was", async () => {
    await deliver(registered(aView()));
    ledger.reopen();
    expect(await deliver(registered(aView()))).toEqual(NOTHING);
  });

  test("a target that wants something else is compared with the whole ledger", async () => {
    await deliver(registered(aView()));
    ledger.hear(told({ id: 3, type: "url", value: "http://c.example" }));
    ledger.published();
    ledger.reopen();
    const urls = registered(aView({ digest: "2", rules: { types: new Set(["url"]) } }));
    expect(await deliver(urls)).toEqual({ ...NOTHING, add: ["http://c.example"], remove: ["a.example", "b.example"] });
  });

  test("another far side under the same name holds nothing yet, and nothing is taken off it", async () => {
    await deliver(registered(aView()));
    ledger.reopen();
    const elsewhere = registered(aView({ place: "there", rules: { types: new Set(["url"]) }, digest: "2" }));
    expect(await deliver(elsewhere)).toEqual(NOTHING);
    ledger.reopen();
    expect((await deliver(registered(aView({ place: "elsewhere" })))).add).toHaveLength(2);
  });

  test("a step that was cut short is sent again, or taken off", async () => {
    const view = registered(aView());
    const { deltas } = ledger.ledger;
    const step = await gather(deltas, view, 100);
    deltas.begin(view, step);
    target.take(step.delta);
    ledger.reopen();
    ledger.hear(sighted());
    expect(await deliver(registered(aView()))).toEqual({ ...NOTHING, add: ["b.example"], remove: ["a.example"] });
    expect(target.values).toEqual(["b.example"]);
  });
});

describe("what a target refuses", () => {
  test("is not held, and is sent again only when it changes", async () => {
    const view = registered(aView(CONTEXT));
    target.behaviour = refusing("a.example");
    await deliver(view);
    expect(ledger.report((report) => report.summary().targets)).toMatchObject([{ name: "lists", held: 1 }]);
    expect(await deliver(view)).toEqual(NOTHING);
    ledger.hear(told({ value: "a.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    target.behaviour = () => [];
    expect(await deliver(view)).toEqual({ ...NOTHING, add: ["a.example"] });
  });

  test("is one indicator, and none that is written like it where type and value are read as one text", async () => {
    const pair = `x.exe|${"a".repeat(32)}`;
    ledger.hear(
      told({ id: 3, type: "filename|md5", value: pair }),
      told({ id: 4, type: "filename", value: `md5|${pair}` }),
    );
    ledger.published();
    const view = registered(aView({ rules: { composites: true, types: new Set(["filename", "filename|md5"]) } }));
    target.behaviour = refusing(`md5|${pair}`);
    expect((await deliver(view)).add).toContain(pair);
    ledger.hear(told({ id: 3, type: "filename|md5", value: pair, toIds: false, timestamp: NOW }, "edit"));
    expect((await deliver(view)).remove).toContain(pair);
  });

  test("to let go of is still held, and so is what it refuses to renew", async () => {
    const view = registered(aView(CONTEXT));
    await deliver(view);
    target.behaviour = refusing("a.example", "b.example");
    ledger.hear(sighted(), told({ id: 2, value: "b.example", comment: "new", timestamp: NOW - 3_000 }, "edit"));
    expect(await deliver(view)).toEqual({ ...NOTHING, renew: ["b.example"], remove: ["a.example"] });
    expect(ledger.report((report) => report.summary().targets)).toMatchObject([{ held: 2 }]);
    target.behaviour = () => [];
    ledger.hear(sighted({ id: 2 }), sighted({ id: 3, attributeId: 2 }));
    expect((await deliver(view)).remove).toContain("b.example");
  });
});

describe("a target with a filter of its own", () => {
  const green = aView({ rules: { filter: compileFilter([{ tags: ["tlp:green"] }]) } });
  const tag = { kind: "tag", on: "attribute", id: 7, eventId: 1, name: "tlp:green", attached: true } as const;

  beforeEach(async () => {
    ledger.hear(told({ id: 7, type: "domain|ip", value: "a.example|198.51.100.7" }), tag);
    ledger.published();
    expect(await deliver(registered(green))).toEqual({ ...NOTHING, add: ["198.51.100.7", "a.example"] });
  });

  test("lets go of what no support passes any more, though others hold it up", async () => {
    ledger.hear({ ...tag, attached: false });
    expect(await deliver(green)).toEqual({ ...NOTHING, remove: ["198.51.100.7", "a.example"] });
    expect(ledger.standing("a.example")).toBeNull();
  });

  test("lets go of what only a support passes that was thumbed down by itself", async () => {
    ledger.hear(sighted({ attributeId: 7 }));
    expect(await deliver(green)).toEqual({ ...NOTHING, remove: ["198.51.100.7", "a.example"] });
    ledger.hear({ kind: "sighting-deleted", id: 1 });
    expect(await deliver(green)).toEqual({ ...NOTHING, add: ["198.51.100.7", "a.example"] });
  });
});

test("a target with a filter keeps what a support passes that too few call false", async () => {
  ledger.reopen(ruleSettings({ sightings: { false_positive: { orgs: 2, trusted: 1 } } }));
  const filtered = registered(aView({ rules: { filter: compileFilter([{ types: ["domain|ip"] }]) } }));
  ledger.hear(told({ id: 7, type: "domain|ip", value: "a.example|198.51.100.7" }));
  ledger.published();
  await deliver(filtered);
  ledger.hear(sighted({ attributeId: 7 }));
  expect(await deliver(filtered)).toEqual(NOTHING);
  ledger.hear(sighted({ id: 2, attributeId: 7, organisationId: 3 }));
  expect((await deliver(filtered)).remove).toEqual(["198.51.100.7", "a.example"]);
});

test("a target that starts over loses nothing of what time has changed and was not judged again yet", async () => {
  const seen = { id: 3, value: "c.example", lastSeen: NOW + 3_650 * DAY };
  ledger.hear(told(seen));
  ledger.published({ timestamp: NOW, publishTimestamp: NOW });
  await deliver(registered(aView()));
  ledger.now += 31 * DAY * 1_000;
  const view = registered(aView({ digest: "2" }));
  const { deltas } = ledger.ledger;
  const removals = () => deltas.removals(view, 0, deltas.newest()).comparisons;
  expect(removals()).toEqual([]);
  expect(await deliver(view)).toEqual(NOTHING);
  ledger.reviewed();
  expect(removals()).toHaveLength(2);
  expect(await deliver(view)).toEqual({ ...NOTHING, remove: ["a.example", "b.example"] });
});

test("a target with a longer TTL keeps what others let go of, until its own runs out", async () => {
  const view = registered(aView({ rules: { ttl: { default: 60 * DAY } } }));
  await deliver(view);
  ledger.pass(40 * DAY);
  expect(ledger.standing("a.example")).toBe("expired");
  expect(await deliver(view)).toEqual(NOTHING);
});
