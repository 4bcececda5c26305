import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { ChildCourier } from "../faults/child-courier.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { eventually } from "../support/running-courier.ts";
import { ABridge, MISP_TOPICS } from "./a-bridge.ts";
import { comesToHold } from "./a-fleet.ts";

describe.runIf(KAFKA_JARS)(`MISP's notifications over Kafka${NEEDS_BROKER}`, () => {
  let folder: string;
  let broker: AKafkaBroker;
  let misp: StandInMisp;
  let bridge: ABridge;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "misp-kafka-"));
    broker = await AKafkaBroker.start();
    for (const topic of MISP_TOPICS) await broker.createTopic(topic, 2);
    misp = await StandInMisp.open();
    bridge = await ABridge.open(misp, broker);
  }, 60_000);
  afterEach(async () => {
    await bridge[Symbol.asyncDispose]();
    await misp.close();
    await broker[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** One that asks REST for nothing by itself: what it does not hear it does not know. */
  function courier(name: string, catchUp = "1d"): ChildCourier {
    const kafka = { brokers: [broker.address] };
    return new ChildCourier(join(folder, name), misp, {
      misp: { url: misp.url, key: misp.key, kafka, timeout: "5s", catch_up: { every: catchUp } },
      http: { listen: "127.0.0.1:0" },
    });
  }

  function publish(...values: string[]): number[] {
    const { id } = misp.addEvent({ info: "A campaign" });
    const attributes = misp.addAttributes(
      id,
      values.map((value) => ({ type: "domain", value })),
    );
    misp.publish(id);
    return attributes.map(({ id }) => id);
  }

  test("reach the lists: publications, edits, thumbs, tags, deletions", async () => {
    await using reader = courier("reader");
    reader.start();
    await reader.hears();
    const [one = 0, two = 0, three = 0] = publish("one.example", "two.example", "three.example");
    await comesToHold(reader, ["domain one.example", "domain three.example", "domain two.example"]);
    const now = Math.floor(Date.now() / 1000);
    misp.sight(one, { type: 1, date: now - 100 });
    misp.softDelete(two);
    misp.editAttribute(three, { comment: "SOC Exception" });
    await comesToHold(reader, []);
    misp.sight(one, { type: 0, date: now - 50 });
    await comesToHold(reader, ["domain one.example"]);
    misp.restore(two);
    misp.publish(1);
    await comesToHold(reader, ["domain one.example", "domain two.example"]);
    expect(reader.bugs).toEqual([]);
  }, 120_000);

  test("wait at the broker while the courier is killed, and are read from where the ledger ended", async () => {
    await using reader = courier("reader");
    reader.start();
    await reader.hears();
    const [one = 0] = publish("one.example", "two.example");
    await comesToHold(reader, ["domain one.example", "domain two.example"]);
    await reader.kill();
    misp.softDelete(one);
    publish("three.example");
    reader.start();
    await comesToHold(reader, ["domain three.example", "domain two.example"]);
    await committedEverything();
    expect(reader.bugs).toEqual([]);
  }, 120_000);

  test("go on after the broker stood still, and after it was restarted", async () => {
    await using reader = courier("reader", "1d");
    reader.start();
    await reader.hears();
    const [one = 0, two = 0] = publish("one.example", "two.example", "three.example");
    await comesToHold(reader, ["domain one.example", "domain three.example", "domain two.example"]);
    broker.freeze();
    misp.softDelete(one);
    await eventually(async () => expect(reader.log.join()).toContain("disconnected"), 60_000);
    broker.thaw();
    await comesToHold(reader, ["domain three.example", "domain two.example"]);
    await broker.stop();
    misp.softDelete(two);
    await broker.start();
    await comesToHold(reader, ["domain three.example"]);
    expect(reader.bugs).toEqual([]);
  }, 180_000);

  test("go on without a topic that was deleted, and with it once it is there again", async () => {
    await using reader = courier("reader");
    reader.start();
    await reader.hears();
    const [one = 0] = publish("one.example");
    await comesToHold(reader, ["domain one.example"]);
    await broker.deleteTopic("misp_sighting");
    await eventually(async () => expect(reader.log.join()).toContain("Topics of MISP are not there"), 90_000);
    publish("two.example");
    await comesToHold(reader, ["domain one.example", "domain two.example"]);
    await broker.createTopic("misp_sighting", 2);
    misp.sight(one, { type: 1 });
    await comesToHold(reader, ["domain two.example"]);
    expect(reader.bugs).toEqual([]);
  }, 300_000);

  test("are all read although another member of the group came in the middle of them and left", async () => {
    await using reader = courier("reader");
    reader.start();
    await reader.hears();
    const values = Array.from({ length: 60 }, (_, n) => `many-${n}.example`);
    for (const value of values.slice(0, 20)) publish(value);
    const other = broker.client().consumer({ groupId: "misp-courier", sessionTimeout: 6_000 });
    await other.connect();
    await other.subscribe({ topics: MISP_TOPICS, fromBeginning: true });
    const joined = new Promise<void>((resolve) => {
      other.on(other.events.GROUP_JOIN, ({ payload }) => {
        if (Object.keys(payload.memberAssignment).length > 0) resolve();
      });
    });
    // It reads, and never says so.
    await other.run({ autoCommit: false, eachMessage: async () => {} });
    for (const value of values.slice(20, 40)) publish(value);
    await joined;
    for (const value of values.slice(40)) publish(value);
    await other.disconnect();
    await comesToHold(
      reader,
      values.map((value) => `domain ${value}`),
    );
    await committedEverything();
    expect(reader.bugs).toEqual([]);
  }, 180_000);

  /** How many records the group has not been told to be read. */
  async function lagOf(): Promise<number> {
    const admin = broker.client().admin();
    await admin.connect();
    let lag = 0;
    for (const topic of MISP_TOPICS) {
      const [read] = await admin.fetchOffsets({ groupId: "misp-courier", topics: [topic] });
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        const offset = Number(read?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
        lag += Number(high) - Math.max(0, offset);
      }
    }
    await admin.disconnect();
    return lag;
  }

  function committedEverything(): Promise<void> {
    return eventually(async () => expect(await lagOf()).toBe(0), 30_000);
  }
});
