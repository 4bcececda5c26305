import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Step } from "../../src/ledger/delta/step.ts";
import { SightingType } from "../../src/model/misp.ts";
import type { Notice } from "../../src/model/notice.ts";
import { call } from "../cli/captured-terminal.ts";
import { calm, eventually, RunningCourier } from "../support/running-courier.ts";

describe("what happened while the courier could not hear", () => {
  let courier: RunningCourier;
  const config = () => ["--config", join(courier.directory, "config.yaml")];
  afterEach(() => courier[Symbol.asyncDispose]());

  test("is made up for after a restart: additions, edits, deletions, thumbs", async () => {
    courier = await RunningCourier.start();
    const kept = courier.publishDomains(
      "soft.example",
      "hard.example",
      "thumb.example",
      "edited.example",
      "stays.example",
    );
    const deleted = courier.publishDomains("event.example");
    await courier.listed(
      "domain",
      "soft.example",
      "hard.example",
      "thumb.example",
      "edited.example",
      "stays.example",
      "event.example",
    );
    await courier.stop();
    const [soft = 0, hard = 0, thumb = 0, edited = 0] = kept.attributes;
    courier.misp.softDelete(soft);
    courier.misp.hardDelete(hard);
    courier.misp.editAttribute(edited, { value: "new.example" });
    courier.misp.sight(thumb, { type: SightingType.falsePositive });
    courier.misp.deleteEvent(deleted.event);
    courier.misp.publish(kept.event);
    courier.publishDomains("added.example");
    await courier.start();
    await courier.listed("domain", "stays.example", "new.example", "added.example");
  });

  test("an event that REST was never asked about, and that was deleted meanwhile, is taken off", async () => {
    let ahead = -3_600_000;
    courier = await RunningCourier.start({}, { mispClock: () => Date.now() + ahead });
    await courier.compared();
    courier.misp.faults.restDown = true;
    const event = courier.misp.addEvent({ info: "short-lived", attributes: [{ type: "domain", value: "a.example" }] });
    // An edit tells when the event was last published, and so that this covers what is older.
    ahead += 2_000;
    courier.misp.publish(event.id);
    ahead += 2_000;
    courier.misp.editEvent(event.id, { info: "very short-lived" });
    await courier.listed("domain", "a.example");
    await courier.stop();
    courier.misp.deleteEvent(event.id);
    courier.misp.faults.restDown = false;
    await courier.start();
    await courier.listed("domain");
  });

  test("a deletion is made up for in an event of which MISP counts more attributes than can be read", async () => {
    courier = await RunningCourier.start();
    // One without a value is counted, and cannot be read.
    const attributes = ["a.example", "b.example", ""].map((value) => ({ type: "domain", value }));
    const event = courier.misp.addEvent({ info: "miscounted", attributes });
    courier.misp.publish(event.id);
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    // REST is not believed about what the feed spoke of just before.
    await pause(2_100);
    courier.misp.hardDelete(event.attributes[0]?.id ?? 0);
    await courier.start();
    await courier.listed("domain", "b.example");
  });

  test("so are more of them than MISP is asked about at once", async () => {
    courier = await RunningCourier.start({}, { mispClock: () => Date.now() - 3_600_000 });
    const values = Array.from({ length: 1_100 }, (_, number) => `${number}.example`);
    const attributes = ["kept.example", ...values, ""].map((value) => ({ type: "domain", value }));
    const event = courier.misp.addEvent({ info: "miscounted", attributes });
    courier.misp.publish(event.id);
    await courier.listed("domain", "kept.example", ...values);
    await courier.stop();
    // REST is not believed about what the feed spoke of just before.
    await pause(2_100);
    for (const { id } of event.attributes.slice(1, -2)) courier.misp.hardDelete(id);
    await courier.start({ guard: { max_removed: { percent: 100, at_least: 10_000 } } });
    await courier.listed("domain", "kept.example", values.at(-1) ?? "");
  });

  test("local tags that came or went meanwhile are made up for, though they leave an event's times as they are", async () => {
    courier = await RunningCourier.start({ filter: [{ not: { tags: ["soc:ignore"] } }] });
    const { event } = courier.publishDomains("a.example");
    const { event: other } = courier.publishDomains("b.example");
    courier.misp.tagEvent(other, "soc:ignore", { local: true });
    await courier.listed("domain", "a.example");
    await courier.stop();
    await courier.start();
    await courier.compared();
    await courier.stop();
    courier.misp.tagEvent(event, "soc:ignore", { local: true });
    courier.misp.untagEvent(other, "soc:ignore");
    await courier.start();
    await courier.listed("domain", "b.example");
  });

  test("nothing is removed when more than a hundred events that only the feed told of are missing at once", async () => {
    let ahead = -3_600_000;
    courier = await RunningCourier.start({}, { mispClock: () => Date.now() + ahead });
    await courier.compared();
    courier.misp.faults.restDown = true;
    const values = Array.from({ length: 101 }, (_, number) => `a${number}.example`);
    const events = values.map((value) =>
      courier.misp.addEvent({ info: value, attributes: [{ type: "domain", value }] }),
    );
    ahead += 2_000;
    for (const { id } of events) courier.misp.publish(id);
    ahead += 2_000;
    for (const { id } of events) courier.misp.editEvent(id, { info: "edited" });
    await courier.listed("domain", ...values);
    await courier.stop();
    for (const { id } of events) courier.misp.deleteEvent(id);
    courier.misp.faults.restDown = false;
    await courier.start();
    await courier.compared();
    expect(await courier.list("domain")).toHaveLength(101);
  });

  test.each([
    ["few", 3],
    ["many", 30],
  ])("an event that MISP cannot show keeps none of %s others from being made up for", async (_, count) => {
    courier = await RunningCourier.start();
    const name = (word: string) => Array.from({ length: count }, (_, number) => `${word}${number}.example`);
    const large = courier.misp.addEvent({ info: "large", attributes: [{ type: "domain", value: "large.example" }] });
    courier.misp.publish(large.id);
    const others = name("old").map((value) => courier.publishDomains(value));
    const gone = courier.publishDomains("gone.example");
    await courier.listed("domain", "large.example", ...name("old"), "gone.example");
    await courier.stop();
    await pause(2_100);
    courier.misp.faults.tooLarge = [large.uuid];
    courier.misp.editEvent(large.id, { info: "larger" });
    courier.misp.deleteEvent(gone.event);
    for (const { event, attributes } of others) {
      courier.misp.editAttribute(attributes[0] ?? 0, { value: `new${event}.example` });
      courier.misp.publish(event);
    }
    await courier.start();
    await courier.listed("domain", "large.example", ...others.map(({ event }) => `new${event}.example`));
    // But it is not in step with MISP, and says so.
    await eventually(async () =>
      expect((await call(["status", ...config()])).out).toMatch("last try to catch up failed"),
    );
  });

  test("an event that was being read when the courier was stopped is read to its end by the next one", async () => {
    let heard = (_: readonly Notice[]) => {};
    const watched = () => ({ heard: (notices: readonly Notice[]) => heard(notices) });
    courier = await RunningCourier.start({}, { watched, mispClock: () => Date.now() - 3_600_000 });
    courier.publishDomains("a.example");
    await courier.listed("domain", "a.example");
    await courier.stop();
    const values = Array.from({ length: 1_200 }, (_, number) => `${number}.example`);
    courier.publishDomains(...values);
    let stopped: Promise<void> | undefined;
    heard = (notices) => {
      if (notices.some(({ kind }) => kind === "attribute")) stopped ??= courier.stop();
    };
    await courier.start();
    await eventually(async () => expect(stopped).toBeDefined());
    await stopped;
    heard = () => {};
    await courier.start();
    await courier.listed("domain", "a.example", ...values);
  });

  test("status tells why the last catch-up failed, until one goes well", async () => {
    courier = await RunningCourier.start();
    const failure = async () =>
      (await call(["status", ...config()])).out.match(/last try to catch up failed: (.*)/)?.[1];
    courier.publishDomains("a.example");
    await courier.listed("domain", "a.example");
    expect(await failure()).toBeUndefined();
    courier.misp.faults.restStatus = 502;
    await call(["catch-up", ...config()]);
    await eventually(async () => expect(await failure()).toMatch("/events/index: MISP answered 502"));
    courier.misp.faults.restStatus = undefined;
    await call(["catch-up", ...config()]);
    await eventually(async () => expect(await failure()).toBeUndefined());
  });

  test("a deleted sighting brings its value back", async () => {
    courier = await RunningCourier.start();
    const { attributes } = courier.publishDomains("a.example");
    await courier.listed("domain", "a.example");
    const [down] = courier.misp.sight(attributes[0] ?? 0, { type: SightingType.falsePositive });
    await courier.listed("domain");
    await courier.stop();
    await courier.start();
    await courier.compared();
    await courier.stop();
    courier.misp.deleteSighting(down?.id ?? 0);
    await courier.start();
    await courier.listed("domain", "a.example");
  });

  test("a thumb that the feed alone told of, and that was deleted meanwhile, is taken back where the key sees everybody's", async () => {
    courier = await RunningCourier.start();
    const { id: partner } = courier.misp.addOrganisation({ name: "Partner" });
    const attributes = [{ type: "domain", value: "a.example" }];
    const event = courier.misp.addEvent({ info: "a partner's", organisation: partner, attributes });
    courier.misp.publish(event.id);
    await courier.listed("domain", "a.example");
    await courier.compared();
    const thumb = { type: SightingType.falsePositive, organisation: partner };
    const [down] = courier.misp.sight(event.attributes[0]?.id ?? 0, thumb);
    await courier.listed("domain");
    await courier.stop();
    courier.misp.deleteSighting(down?.id ?? 0);
    // REST is not believed about what the feed spoke of just before.
    await pause(2_100);
    await courier.start();
    await courier.listed("domain", "a.example");
  });

  test("what came and was called false never goes out", async () => {
    const delivered: string[] = [];
    const watched = () => ({
      delivered: (_: string, { delta }: Step) => void delivered.push(...delta.add.map(({ value }) => value)),
    });
    courier = await RunningCourier.start({}, { watched });
    courier.publishDomains("a.example");
    await courier.listed("domain", "a.example");
    await courier.stop();
    const { attributes } = courier.publishDomains("called-false.example", "b.example");
    courier.misp.sight(attributes[0] ?? 0, { type: SightingType.falsePositive });
    courier.misp.faults.restDelay = 100;
    await courier.start();
    await courier.listed("domain", "a.example", "b.example");
    await calm();
    expect(delivered).toEqual(["a.example", "b.example"]);
  });

  test("events are made up for by a MISP that cannot list its sightings", async () => {
    courier = await RunningCourier.start();
    courier.publishDomains("a.example");
    await courier.listed("domain", "a.example");
    await courier.stop();
    await courier.start();
    await courier.compared();
    await courier.stop();
    courier.publishDomains("b.example");
    courier.misp.faults.missingRoutes = ["sightings/restSearch"];
    await courier.start();
    await courier.listed("domain", "a.example", "b.example");
  });

  test.for([
    ["hours", "2m", 3 * 3_600],
    ["days, where the configuration looks back so far", "4d", 3 * 86_400],
  ] as const)(
    "a thumb that was lost without a trace, dated before the last catch-up by %s, is found by the next one",
    async ([, overlap, age]) => {
      courier = await RunningCourier.start({ misp: { catch_up: { overlap } } });
      const { attributes } = courier.publishDomains("a.example", "b.example");
      await courier.listed("domain", "a.example", "b.example");
      await call(["catch-up", ...config()]);
      courier.misp.faults.dropFrames = 1;
      const date = Math.floor(Date.now() / 1000) - age;
      courier.misp.sight(attributes[0] ?? 0, { type: SightingType.falsePositive, date });
      await call(["catch-up", ...config()]);
      await courier.listed("domain", "b.example");
    },
  );

  test("thumbs of any age that came or went meanwhile are made up for", async () => {
    const daysAgo = (days: number) => Math.floor(Date.now() / 1000) - days * 86_400;
    courier = await RunningCourier.start({}, { mispClock: () => Date.now() - 20 * 86_400_000 });
    const { attributes } = courier.publishDomains("a.example", "b.example");
    const [a = 0, b = 0] = attributes;
    const [down] = courier.misp.sight(a, { type: SightingType.falsePositive, date: daysAgo(5) });
    await courier.listed("domain", "b.example");
    await courier.stop();
    await courier.start();
    await courier.compared();
    await courier.stop();
    courier.misp.deleteSighting(down?.id ?? 0);
    courier.misp.sight(b, { type: SightingType.falsePositive, date: daysAgo(3) });
    await courier.start();
    await courier.listed("domain", "a.example");
  });

  test("thumbs of a time to come that came or went meanwhile are made up for", async () => {
    courier = await RunningCourier.start();
    const { attributes } = courier.publishDomains("a.example", "b.example");
    const [a = 0, b = 0] = attributes;
    const date = Math.floor(Date.now() / 1000) + 10 * 86_400;
    const [down] = courier.misp.sight(a, { type: SightingType.falsePositive, date });
    await courier.listed("domain", "b.example");
    await courier.stop();
    // REST is not believed about what the feed spoke of just before.
    await pause(2_100);
    courier.misp.deleteSighting(down?.id ?? 0);
    courier.misp.sight(b, { type: SightingType.falsePositive, date });
    await courier.start();
    await courier.listed("domain", "a.example");
  });

  test("nothing is removed when MISP has none of its events any more", async () => {
    courier = await RunningCourier.start();
    const { event } = courier.publishDomains("a.example");
    const { event: other } = courier.publishDomains("b.example");
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    await courier.start();
    await courier.compared();
    await courier.stop();
    for (const id of [event, other]) courier.misp.deleteEvent(id);
    await courier.start();
    await courier.compared();
    expect(await courier.list("domain")).toEqual(["a.example", "b.example"]);
  });

  test("no thumb is forgotten when MISP's list of sightings is empty, and its event still has them", async () => {
    courier = await RunningCourier.start();
    const { attributes } = courier.publishDomains("a.example", "b.example");
    await courier.listed("domain", "a.example", "b.example");
    courier.misp.sight(attributes[0] ?? 0, { type: SightingType.falsePositive });
    await courier.listed("domain", "b.example");
    await courier.stop();
    await courier.start();
    await courier.compared();
    await courier.stop();
    // REST is not believed about what the feed spoke of just before.
    await pause(2_100);
    courier.misp.faults.emptyAnswers = true;
    await courier.start();
    await courier.compared();
    courier.misp.faults.emptyAnswers = false;
    await courier.stop();
    await courier.start();
    await courier.compared();
    expect(await courier.list("domain")).toEqual(["b.example"]);
  });

  test.each([
    ["empty", { emptyAnswers: true }],
    ["an error inside a 200", { errorInside: true }],
    ["cut", { truncated: true }],
    ["refused", { restStatus: 500 }],
    ["forbidden", { restStatus: 403 }],
    ["not there", { restDown: true }],
  ] as const)("nothing is removed when MISP's answers are %s", async (_, fault) => {
    courier = await RunningCourier.start();
    courier.publishDomains("a.example", "b.example");
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    await courier.start();
    await courier.compared();
    await courier.stop();
    Object.assign(courier.misp.faults, fault);
    await courier.start();
    await courier.compared();
    expect(await courier.list("domain")).toEqual(["a.example", "b.example"]);
  });
});
