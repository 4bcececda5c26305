import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { CAUGHT_UP } from "../../src/ledger/facts.ts";
import type { Delta } from "../../src/model/delta.ts";
import { kafka } from "../../src/targets/kafka.ts";
import type { Target } from "../../src/targets/target.ts";
import { call } from "../cli/captured-terminal.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { aDelta, anEntry, anOrigin } from "../support/entries.ts";
import { eventually } from "../support/running-courier.ts";
import { comesToHold, forwarderOf, held, TOPIC } from "./a-fleet.ts";

const NOW = Math.floor(Date.now() / 1000);
const COMPACT = { "cleanup.policy": "compact" };
const signal = new AbortController().signal;

describe.runIf(KAFKA_JARS)(`a forwarder${NEEDS_BROKER}`, () => {
  let folder: string;
  let broker: AKafkaBroker;
  let berlin: Target;
  let paris: Target;

  beforeAll(async () => {
    broker = await AKafkaBroker.start();
  }, 60_000);
  afterAll(() => broker[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "forwarder-"));
    await broker.createTopic(TOPIC, 2, COMPACT);
    [berlin, paris] = [await courier("berlin"), await courier("paris")];
  });
  afterEach(async () => {
    await Promise.all([berlin, paris].map((target) => target.close?.()));
    await broker.deleteTopic(TOPIC);
    await rm(folder, { recursive: true, force: true });
  });

  /** What a courier writes with, without the courier. */
  function courier(origin: string): Promise<Target> {
    const context = { name: "bus", resolve: (path: string) => path, state: "/nowhere", clock: Date.now };
    return kafka.open(kafka.settings.parse({ brokers: [broker.address], topic: TOPIC, origin }), context);
  }

  const entry = (value: string, tag = "tlp:green") => {
    return anEntry({ value, reference: NOW, origins: [anOrigin({ timestamp: NOW, tags: [tag] })] });
  };
  const write = (target: Target, parts: Partial<Delta>) => target.apply(aDelta(parts), signal);

  test("delivers nothing before it has read all that was there, however often it is killed on the way", async () => {
    const values = Array.from({ length: 30_000 }, (_, n) => `host-${n}.example`);
    for (let start = 0; start < values.length; start += 1_000) {
      await write(berlin, { add: values.slice(start, start + 1_000).map((value) => entry(value)) });
    }
    await using forwarder = forwarderOf(join(folder, "new"), broker);
    for (const records of [1_000, 6_000]) {
      forwarder.start();
      await forwarder.said("The topic is heard");
      await eventually(async () => {
        const { out } = await call(["status", "--json", "--config", forwarder.config]);
        expect(JSON.parse(out).heard).toBeGreaterThan(records);
      }, 60_000);
      await forwarder.kill();
    }
    expect(forwarder.log.join()).not.toContain("In step with the topic");
    expect(forwarder.log.join()).not.toContain('"Delivered"');
    forwarder.start();
    await comesToHold(
      forwarder,
      values.map((value) => `domain ${value}`),
    );
    expect(forwarder.log.join()).not.toContain("is read again");
    expect(forwarder.bugs).toEqual([]);
  }, 240_000);

  test("looks at what it reads by filters, types and minimum scores of its own", async () => {
    await write(berlin, {
      add: [
        entry("green.example"),
        entry("red.example", "tlp:red"),
        { ...entry("weak.example"), score: 20 },
        { ...entry("192.0.2.7"), type: "ip-dst" },
      ],
    });
    const targets = { blocklists: { type: "csv", directory: "./lists", types: ["domain"], min_score: 30 } };
    await using forwarder = forwarderOf(join(folder, "strict"), broker, { filter: [{ tags: ["tlp:green"] }], targets });
    await using open = forwarderOf(join(folder, "open"), broker);
    forwarder.start();
    open.start();
    await comesToHold(forwarder, ["domain green.example"]);
    await comesToHold(open, [
      ...["domain green.example", "domain red.example", "domain weak.example", "ip-dst 192.0.2.7"],
    ]);
  }, 120_000);

  test("follows on while the broker stands still and comes back, and nothing late undoes what is newer", async () => {
    await using forwarder = forwarderOf(join(folder, "steady"), broker);
    forwarder.start();
    await write(berlin, { add: [entry("kept.example"), entry("late.example")] });
    await write(paris, { add: [entry("late.example")] });
    await comesToHold(forwarder, ["domain kept.example", "domain late.example"]);
    await write(berlin, { remove: [entry("late.example")] });
    await write(paris, { remove: [entry("late.example")] });
    await comesToHold(forwarder, ["domain kept.example"]);
    broker.freeze();
    // It fails here, and is on its way all the same.
    await expect(write(berlin, { add: [entry("late.example")] })).rejects.toMatchObject({ name: "NotNow" });
    const settled = eventually(
      () => write(berlin, { remove: [entry("late.example")], add: [entry("new.example")] }),
      60_000,
    );
    broker.thaw();
    await settled;
    await comesToHold(forwarder, ["domain kept.example", "domain new.example"]);
    await using fresh = forwarderOf(join(folder, "fresh"), broker);
    fresh.start();
    await comesToHold(fresh, ["domain kept.example", "domain new.example"]);
    expect(await held(forwarder)).toEqual(await held(fresh));
  }, 240_000);

  test("that was away for long reads everything again: what left the topic meanwhile goes, the rest stays", async () => {
    const settings = { source: { kafka: { brokers: [broker.address], topic: TOPIC, reread_after: "1s" } } };
    await using forwarder = forwarderOf(join(folder, "away"), broker, settings);
    forwarder.start();
    await write(berlin, { add: [entry("gone.example"), entry("kept.example")] });
    await comesToHold(forwarder, ["domain gone.example", "domain kept.example"]);
    await forwarder.stop();
    // As if the tombstone had been there, and had left the topic, too.
    await broker.deleteTopic(TOPIC);
    await broker.createTopic(TOPIC, 2, COMPACT);
    const again = await courier("berlin");
    await write(again, { add: [entry("kept.example"), ...["a", "b", "c"].map((name) => entry(`${name}.example`))] });
    await again.close?.();
    await pause(1_100);
    forwarder.start();
    await comesToHold(
      forwarder,
      ["a", "b", "c", "kept"].map((name) => `domain ${name}.example`),
    );
    expect(forwarder.log.join()).toContain("The topic is read again from its beginning");
    await forwarder.stop();
    const restart = forwarder.log.findIndex((line) => line.includes("is read again"));
    const steps = forwarder.log.slice(restart).filter((line) => line.includes('"Delivered"'));
    const sum = (what: string) => steps.reduce((total, line) => total + JSON.parse(line)[what], 0);
    expect([sum("add"), sum("renew"), sum("remove")]).toEqual([3, 0, 1]);
    expect(forwarder.bugs).toEqual([]);
  }, 120_000);

  test("that read last by a clock that was far ahead reads everything again, since nobody knows how long ago that was", async () => {
    await using forwarder = forwarderOf(join(folder, "ahead"), broker);
    forwarder.start();
    await write(berlin, { add: [entry("kept.example")] });
    await comesToHold(forwarder, ["domain kept.example"]);
    await forwarder.stop();
    const ledger = Database.open(join(forwarder.directory, "state", LEDGER_FILE));
    ledger.prepare("UPDATE fact SET value = value + ? WHERE name = ?").run(365 * 86_400_000, CAUGHT_UP);
    ledger.close();
    forwarder.start();
    await forwarder.said("The topic is read again from its beginning");
    await forwarder.said("In step with the topic");
    await comesToHold(forwarder, ["domain kept.example"]);
  }, 120_000);

  test("reads everything again when asked to, and what left the topic untold goes at once", async () => {
    await using forwarder = forwarderOf(join(folder, "asked"), broker);
    await write(berlin, { add: [entry("left.example")] });
    forwarder.start();
    await comesToHold(forwarder, ["domain left.example"]);
    const admin = broker.client().admin();
    await admin.connect();
    const configEntries = [{ name: "cleanup.policy", value: "compact,delete" }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: TOPIC, configEntries }] });
    const ends = await admin.fetchTopicOffsets(TOPIC);
    await admin.deleteTopicRecords({
      topic: TOPIC,
      partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
    await admin.disconnect();
    expect((await call(["catch-up", "--config", forwarder.config])).code).toBe(0);
    await comesToHold(forwarder, []);
    expect(forwarder.bugs).toEqual([]);
  }, 180_000);

  test("notices that its topic was made anew while it followed it", async () => {
    await using forwarder = forwarderOf(join(folder, "anew"), broker);
    forwarder.start();
    const values = Array.from({ length: 20 }, (_, n) => `before-${n}.example`);
    await write(berlin, { add: values.map((value) => entry(value)) });
    await comesToHold(
      forwarder,
      values.map((value) => `domain ${value}`),
    );
    await broker.deleteTopic(TOPIC);
    await broker.createTopic(TOPIC, 2, COMPACT);
    const again = await courier("berlin");
    await write(again, { add: ["a", "b", "c", "d", "e", "f"].map((name) => entry(`${name}.example`)) });
    await again.close?.();
    await comesToHold(
      forwarder,
      ["a", "b", "c", "d", "e", "f"].map((name) => `domain ${name}.example`),
    );
    expect(forwarder.bugs).toEqual([]);
  }, 180_000);

  test.each(["while it followed it", "while it was stopped"])(
    "notices that its topic was made anew with fewer partitions %s, however much it holds by then",
    async (when) => {
      await using forwarder = forwarderOf(join(folder, "fewer"), broker);
      forwarder.start();
      const names = ["a", "b", "c", "d", "e", "f"];
      await write(berlin, { add: names.map((name) => entry(`${name}.example`)) });
      await comesToHold(
        forwarder,
        names.map((name) => `domain ${name}.example`),
      );
      if (when === "while it was stopped") await forwarder.stop();
      await broker.deleteTopic(TOPIC);
      await broker.createTopic(TOPIC, 1, COMPACT);
      const again = await courier("berlin");
      const values = Array.from({ length: 30 }, (_, n) => `after-${n}.example`);
      await write(again, { add: values.map((value) => entry(value)) });
      await again.close?.();
      if (!forwarder.running) forwarder.start();
      await comesToHold(
        forwarder,
        values.map((value) => `domain ${value}`),
      );
      expect(forwarder.bugs).toEqual([]);
    },
    180_000,
  );

  test("that is to follow another topic reads it from its beginning, and keeps nothing of the former", async () => {
    await using forwarder = forwarderOf(join(folder, "other"), broker);
    await write(berlin, { add: ["a", "b", "c"].map((name) => entry(`${name}.example`)) });
    forwarder.start();
    await comesToHold(forwarder, ["domain a.example", "domain b.example", "domain c.example"]);
    await forwarder.stop();
    await broker.createTopic("other.indicators", 2, COMPACT);
    const values = Array.from({ length: 30 }, (_, n) => `other-${n}.example`);
    const settings = kafka.settings.parse({ brokers: [broker.address], topic: "other.indicators", origin: "berlin" });
    const context = { name: "bus", resolve: (path: string) => path, state: "/nowhere", clock: Date.now };
    const other = await kafka.open(settings, context);
    await write(other, { add: values.map((value) => entry(value)) });
    await other.close?.();
    const source = { kafka: { brokers: [broker.address], topic: "other.indicators" } };
    await using again = forwarderOf(join(folder, "other"), broker, { source });
    again.start();
    await comesToHold(
      again,
      values.map((value) => `domain ${value}`),
    );
    expect(again.bugs).toEqual([]);
  }, 180_000);

  test("that starts while the brokers are away delivers what it knew, and one that knew nothing delivers nothing", async () => {
    await using forwarder = forwarderOf(join(folder, "known"), broker);
    await write(berlin, { add: [entry("known.example")] });
    forwarder.start();
    await comesToHold(forwarder, ["domain known.example"]);
    await forwarder.stop();
    await rm(forwarder.lists, { recursive: true });
    broker.freeze();
    const lists = { more: { type: "csv", directory: "./more" } };
    const { config } = forwarderOf(forwarder.directory, broker, { targets: lists });
    expect(config).toBe(forwarder.config);
    await using fresh = forwarderOf(join(folder, "fresh"), broker);
    forwarder.start();
    fresh.start();
    await forwarder.said("Delivered");
    await fresh.said("The line to the topic is disconnected");
    expect(fresh.log.join()).not.toContain('"Delivered"');
    broker.thaw();
    await fresh.said("In step with the topic");
    await comesToHold(fresh, ["domain known.example"]);
  }, 120_000);
});
