import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/model/indicator.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { anEntry, anOrigin } from "../support/entries.ts";
import { apply } from "./far-side.ts";
import { type ASplunk, documents, failing, openSplunk } from "./splunk/a-splunk.ts";

const one = anEntry({ value: "one.example", score: 70, expires: 1_900_000_000 });
const two = anEntry({ value: "two.example" });

const withCollector = (hec: object = {}) => openSplunk({}, { hec });

function actions({ far }: ASplunk): unknown[] {
  return far.collector.events.map(({ event }) => (event as { action: string; value: string }).action);
}

function collectorRequests({ far }: ASplunk): string[] {
  return far.asked
    .filter(({ path }) => path.includes("/collector/"))
    .map(({ path }) => path.replace(/^.*\/|\?.*/g, ""));
}

describe("the events of a splunk target", () => {
  it("tell of each change, once the collections have it", async () => {
    const far = await withCollector({ index: "misp" });
    await apply(far, { add: [one], renew: [two] });
    await apply(far, { remove: [one] });
    const origin = { event_uuid: [anOrigin().eventUuid] };
    const named = ({ type, value }: typeof one) => ({ type, value, key: keyOf({ type, value }) });
    expect(far.far.collector.events.map(({ event }) => event)).toEqual([
      { action: "renew", ...named(two), score: 50, expires_at: null, ...origin },
      { action: "add", ...named(one), score: 70, expires_at: 1_900_000_000, ...origin },
      { action: "remove", ...named(one) },
    ]);
    expect(far.far.collector.events[0]).toMatchObject({
      time: 1_700_000_000,
      index: "misp",
      source: "misp-courier:siem",
      sourcetype: "misp:courier:delta",
    });
  });

  it("are not sent of what was refused", async () => {
    const far = await withCollector();
    await apply(far, { add: [one, anEntry({ value: "a\nb" })] });
    expect(actions(far)).toEqual(["add"]);
  });

  it("go out in portions", async () => {
    const far = await withCollector();
    await apply(far, { add: Array.from({ length: 1_200 }, (_, n) => anEntry({ value: `${n}.example` })) });
    expect(collectorRequests(far)).toEqual(["event", "event", "event"]);
    expect(far.far.collector.events).toHaveLength(1_200);
  });

  it("go out in halves where they are too large for one request", async () => {
    const far = await withCollector();
    failing(far, "/collector/event", { status: 413, body: "Request Entity Too Large" }, 2);
    await apply(far, { add: Array.from({ length: 4 }, (_, n) => anEntry({ value: `${n}.example` })) });
    expect(actions(far)).toHaveLength(4);
  });

  it.each([
    ["a token that was switched off", (far: ASplunk) => far.far.collector.disable(), /403 .*disabled, code 1/],
    ["an index that is not there", (far: ASplunk) => void far.far.collector.indexes.clear(), /400 .*index, code 7/],
    ["full queues", (far: ASplunk) => failing(far, "/collector/event", busy), /503 .*Server is busy, code 9/],
    ["a stranger", (far: ASplunk) => failing(far, "/collector/event", { status: 200, body: "hi" }), /200 \(no words\)/],
  ])("that meet %s make the delta wait, while the collections have it", async (_, spoil, words) => {
    const far = await withCollector({ index: "misp" });
    spoil(far);
    await expect(apply(far, { add: [one] })).rejects.toThrow(words);
    expect(documents(far, "misp_domain")).toHaveLength(1);
  });

  it("that are not taken for long keep no thumbs-down from the collections, however many there are", async () => {
    const far = await withCollector();
    const ledger = new ALedger();
    const ids = Array.from({ length: 30 }, (_, n) => n + 1);
    const down = (id: number) => ledger.hear(sighted({ id, attributeId: id }));
    ledger.hear(heardEvent(), ...ids.map((id) => told({ id, value: `d${id}.example` })));
    ledger.published();
    const { lane, failed } = await ALane.open(ledger, new ATarget(), { target: far.target });
    lane.wake();
    await until(() => collectorRequests(far).length === 1);
    failing(far, "/collector/event", busy);
    down(1);
    lane.wake();
    await failed(3);
    for (const id of ids.slice(1)) down(id);
    await until(() => documents(far, "misp_domain").length === 0);
  });

  it("wait as long as the collector asks", async () => {
    const far = await withCollector();
    failing(far, "/collector/event", { ...busy, headers: { "Retry-After": "9" } });
    await expect(apply(far, { add: [one] })).rejects.toMatchObject({ name: "NotNow", wait: 9_000 });
  });
});

describe("acknowledgement, where the collector offers it", () => {
  async function acknowledging() {
    const far = await withCollector();
    far.far.collector.acknowledges = true;
    return far;
  }

  it("is asked for before the next events go out, and never again once it came", async () => {
    const far = await acknowledging();
    await apply(far, { add: [one] });
    await apply(far, { renew: [one] });
    await apply(far, { renew: [one] });
    expect(collectorRequests(far)).toEqual(["event", "ack", "event", "ack", "event"]);
    expect(actions(far)).toEqual(["add", "renew", "renew"]);
  });

  it("that does not come within five minutes lets the events be sent again", async () => {
    const far = await acknowledging();
    far.far.collector.written = false;
    await apply(far, { add: [one] });
    await apply(far, { add: [two] });
    expect(actions(far)).toEqual(["add", "add"]);
    far.later.by = 5 * 60_000 + 1;
    await apply(far, { remove: [two] });
    expect(actions(far)).toEqual(["add", "add", "add", "add", "remove"]);
  });

  it("that is switched off later keeps nothing up: what waits for it is sent again in time", async () => {
    const far = await acknowledging();
    await apply(far, { add: [one] });
    far.far.collector.acknowledges = false;
    await apply(far, { add: [two] });
    far.later.by = 5 * 60_000 + 1;
    await apply(far, { remove: [two] });
    await apply(far, { remove: [one] });
    expect(actions(far)).toEqual(["add", "add", "add", "remove", "remove"]);
    expect(collectorRequests(far)).toEqual(["event", "ack", "event", "ack", "event", "event", "event"]);
  });

  it("that never comes makes the deltas wait in the end", async () => {
    const far = await acknowledging();
    far.far.collector.written = false;
    for (let n = 0; n < 64; n += 1) await apply(far, { add: [anEntry({ value: `${n}.example` })] });
    await expect(apply(far, { add: [one] })).rejects.toThrow(/does not acknowledge: 64 requests/);
    far.far.collector.written = true;
    await apply(far, { add: [one] });
    expect(far.far.collector.events).toHaveLength(65);
  });
});

const busy = { status: 503, body: '{"text": "Server is busy", "code": 9}' };
