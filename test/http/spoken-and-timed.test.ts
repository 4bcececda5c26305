import { describe, expect, test } from "vitest";
import { Moments } from "../../src/http/moments.ts";
import { lineOf } from "../../src/http/spoken.ts";
import { type Meter, Watch } from "../../src/http/watch.ts";
import type { Notice } from "../../src/model/notice.ts";
import { anAttribute } from "../support/an-attribute.ts";
import { publishedWith } from "../support/an-event.ts";
import { aDelta, anEntry } from "../support/entries.ts";

const heard = (facts: object): Notice => ({
  kind: "attribute",
  attribute: anAttribute(facts),
  event: undefined,
  how: "add",
});
const unmeasured: Meter = { heard: () => {}, delivered: () => {}, visible: () => {} };
const domain = (value: string) => ({ type: "domain", value });

describe("how long a change took", () => {
  test("counts from when it was heard, once for each target", () => {
    const moments = new Moments();
    moments.note([heard({ type: "domain", value: "Evil.Example", timestamp: 1_800_000_000 })], 5_000);
    const expected = { heard: 5_000, misp: 1_800_000_000_000 };
    expect(moments.take(domain("evil.example"), "one")).toEqual(expected);
    expect(moments.take(domain("evil.example"), "one")).toBeUndefined();
    expect(moments.take(domain("evil.example"), "two")).toEqual(expected);
    expect(moments.take(domain("other.example"), "one")).toBeUndefined();
  });

  test("counts from the publication that let it out, and from the deletion that took it off", () => {
    const moments = new Moments();
    moments.note([heard({ id: 7, eventId: 3, type: "domain", value: "evil.example" })], 1_000);
    moments.note([{ ...publishedWith(), id: 3 }], 9_000);
    expect(moments.take(domain("evil.example"), "one")).toEqual({ heard: 9_000, misp: undefined });
    moments.note([{ kind: "attribute-erased", id: 7, uuid: "", eventId: 1 }], 12_000);
    expect(moments.take(domain("evil.example"), "one")?.heard).toBe(12_000);
  });

  test("is not known of values that are too long to be kept in mind by the thousand", () => {
    const moments = new Moments();
    const value = "a".repeat(30_000);
    moments.note([heard({ type: "text", value })], 1_000);
    expect(moments.take({ type: "text", value }, "one")).toBeUndefined();
  });

  test("is known of the value that an attribute had before it was changed", () => {
    const moments = new Moments();
    moments.note([heard({ id: 7, type: "domain", value: "old.example" })], 1_000);
    moments.note([heard({ id: 7, type: "domain", value: "new.example" })], 2_000);
    expect(moments.take(domain("old.example"), "one")?.heard).toBe(2_000);
  });
});

describe("a watch over a flood", () => {
  test("counts everything, and keeps a few lines of it", () => {
    const watch = new Watch(() => 1_000, unmeasured);
    const notices = Array.from({ length: 10_000 }, (_, id) => heard({ id: id + 1, value: `host-${id}.example` }));
    for (let from = 0; from < notices.length; from += 500) watch.heard(notices.slice(from, from + 500));
    const add = Array.from({ length: 3_000 }, (_, id) => anEntry({ value: `host-${id}.example` }));
    watch.delivered("blocklists", {
      delta: aDelta({ add }),
      holdings: [],
      asides: [],
      settled: [],
      position: 1,
      ahead: 1,
      restarts: 0,
    });
    const { heardLines, writtenLines, latencies, ...counts } = watch.take();
    expect(counts).toEqual({ heard: 10_000, written: 3_000 });
    expect([heardLines.length, writtenLines.length]).toEqual([8, 8]);
    expect(latencies.length).toBeLessThanOrEqual(200);
    expect(watch.take()).toMatchObject({ heard: 0, written: 0, heardLines: [] });
  });

  test("does not count what REST answered, nor a publication's copy of what is known", () => {
    const watch = new Watch(() => 1_000, unmeasured);
    const attribute = anAttribute({});
    watch.heard([
      { kind: "attribute", attribute, event: undefined, how: "answer" },
      { kind: "attribute", attribute, event: undefined, how: "snapshot" },
      { kind: "alive", uptime: 3 },
      publishedWith(),
    ]);
    expect(watch.take()).toMatchObject({ heard: 1, heardLines: [{ what: "published", note: "event 1" }] });
  });
});

test("a line names the event where its name is known, and cuts what is too long to read", () => {
  const line = lineOf(heard({ eventId: 4, value: "a".repeat(3_000) }), 1, (id) => (id === 4 ? "Campaign" : undefined));
  expect(line?.note).toBe("“Campaign”");
  expect(line?.value.length).toBeLessThan(300);
});
