import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRecord, recordKey } from "../../src/kafka/record.ts";
import { kafka } from "../../src/targets/kafka.ts";
import type { Found, Target } from "../../src/targets/target.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { aDelta, anEntry, anOrigin } from "../support/entries.ts";
import { hostileText } from "../support/hostile-text.ts";
import { eventually } from "../support/running-courier.ts";
import { targetContract } from "./contract.ts";

let broker: AKafkaBroker;
let topics = 0;
const signal = new AbortController().signal;
const context = { name: "bus", resolve: (path: string) => path, state: "/nowhere", clock: Date.now };

async function open(settings: Record<string, unknown> = {}) {
  topics += 1;
  const topic = `indicators-${topics}`;
  await broker.createTopic(topic, 2, { "cleanup.policy": "compact" });
  return { topic, target: await reopen(topic, settings) };
}

function reopen(topic: string, settings: Record<string, unknown> = {}): Promise<Target> {
  const given = { brokers: [broker.address], topic, origin: "misp.example", ...settings };
  return kafka.open(kafka.settings.parse(given), context);
}

/** Resolves once the broker works again: one that stood still for long has to find its place first. */
async function recovered(topic: string): Promise<void> {
  const other = await reopen(topic, { origin: "somebody.else" });
  const probe = anEntry({ value: "probe.example" });
  await eventually(() => other.apply(aDelta({ add: [probe] }), signal), 60_000);
  await eventually(() => other.apply(aDelta({ remove: [probe] }), signal), 60_000);
  await other.close?.();
}

/** Where partitions with records end: what was committed last can be read only a moment later, so until that stands still. */
async function endsOf(topic: string) {
  const admin = broker.client().admin();
  await admin.connect();
  try {
    for (let last = ""; ; await pause(300)) {
      const ends = await admin.fetchTopicOffsets(topic);
      if (JSON.stringify(ends) === last) return ends.filter(({ high }) => high !== "0");
      last = JSON.stringify(ends);
    }
  } finally {
    await admin.disconnect();
  }
}

/** What the topic comes to, by key: the last word on each, as any other application reads it. */
async function standing(topic: string): Promise<Map<string, string>> {
  const client = broker.client();
  const ends = await endsOf(topic);
  const records = new Map<string, string>();
  if (ends.length === 0) return records;
  const consumer = client.consumer({ groupId: `test-${Math.random()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const reached = new Map<number, number>();
  const done = new Promise<void>((resolve) => {
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      reached.set(partition, Number(lastOffset) + 1);
      if (ends.every(({ partition, high }) => (reached.get(partition) ?? 0) >= Number(high))) resolve();
    });
  });
  await consumer.run({
    eachMessage: async ({ message: { key, value } }) => {
      if (value === null) records.delete(String(key));
      else records.set(String(key), String(value));
    },
  });
  await done;
  await consumer.disconnect();
  return records;
}

describe.runIf(KAFKA_JARS)(`against a real broker${NEEDS_BROKER}`, () => {
  beforeAll(async () => {
    broker = await AKafkaBroker.start();
  }, 120_000);
  afterAll(() => broker[Symbol.asyncDispose]());

  targetContract("kafka", {
    open: async () => {
      const { topic, target } = await open();
      const held = async () =>
        [...(await standing(topic))].flatMap(([key, text]) => {
          const record = readRecord(key, text);
          return typeof record === "string" ? [] : [record];
        });
      return { target, topic, held, close: async () => target.close?.() };
    },
    trace: async ({ topic }) => [...(await standing(topic))],
    foreign: async ({ topic }) => {
      const other = await reopen(topic, { origin: "misp.other" });
      await other.apply(aDelta({ add: [anEntry({ value: "theirs.example" })] }), signal);
      await other.close?.();
      return async () => [...(await standing(topic)).values()].some((text) => text.includes("theirs.example"));
    },
    outage: async ({ topic }) => {
      broker.freeze();
      return async () => {
        broker.thaw();
        await recovered(topic);
      };
    },
    unacceptable: [anEntry({ value: "" }), anEntry({ value: "\ud800" }), anEntry({ value: "a\0b" })],
  });

  test("holds any text exactly or refuses it, and harms nothing beside it", async () => {
    const { topic, target } = await open();
    const values = fc.sample(fc.uniqueArray(hostileText(), { minLength: 40, maxLength: 60 }), 1).flat();
    const entries = values.map((value) => anEntry({ type: "user-agent", value }));
    const refused = await target.apply(aDelta({ add: [anEntry(), ...entries] }), signal);
    const taken = values.filter((value) => !refused.some((refusal) => refusal.value === value));
    const records = [...(await standing(topic))].map(([key, text]) => readRecord(key, text));
    const held = records.map((record) => (typeof record === "string" ? record : record.value));
    expect(held.sort()).toEqual(["bad.example", ...taken].sort());
    const mayBeRefused = (value: string) => value === "" || !value.isWellFormed() || value.includes("\0");
    expect(refused.every(({ value }) => mayBeRefused(value))).toBe(true);
    await target.apply(aDelta({ remove: entries }), signal);
    expect((await standing(topic)).size).toBe(1);
    await target.close?.();
  });

  test("reads back what it wrote, as it looks, and nothing of another origin", async () => {
    const { topic, target } = await open();
    const other = await reopen(topic, { origin: "misp.other" });
    const [one, two] = [anEntry({ value: "one.example" }), anEntry({ value: "two.example" })];
    await target.apply(aDelta({ add: [one, two] }), signal);
    await other.apply(aDelta({ add: [anEntry({ value: "theirs.example" })] }), signal);
    await target.apply(aDelta({ remove: [two], renew: [{ ...one, score: 80 }] }), signal);
    const found: Found[] = [];
    for await (const page of target.list?.(signal) ?? []) found.push(...page);
    const shows = kafka.shows(kafka.settings.parse({ brokers: [broker.address] }))({ ...one, score: 80 });
    expect(found).toEqual([{ indicator: { type: "domain", value: "one.example" }, label: "one.example", shows }]);
    await Promise.all([target.close?.(), other.close?.()]);
  });

  test.each(["courier", "stix"])("reads back past what others wrote under its name (%s)", async (format) => {
    const { topic, target } = await open({ format });
    const entries = ["one", "two", "three", "four"].map((name) => anEntry({ value: `${name}.example` }));
    await target.apply(aDelta({ add: entries }), signal);
    const keyOf = (value: string) => recordKey({ type: "domain", value }, "misp.example");
    const nobody = `${"f".repeat(40)}@misp.example`;
    const producer = broker.client().producer();
    await producer.connect();
    await producer.send({
      topic,
      messages: [
        { key: keyOf("one.example"), value: "no JSON" },
        { key: keyOf("two.example"), value: "null" },
        { key: nobody, value: '{"value":"three.example","name":"three.example"}', headers: { type: "domain" } },
      ],
    });
    await producer.disconnect();
    const found: Found[] = [];
    for await (const page of target.list?.(signal) ?? []) found.push(...page);
    const ours = found.flatMap(({ indicator }) => (indicator ? [indicator.value] : []));
    const others = found.flatMap(({ indicator, label }) => (indicator ? [] : [label]));
    expect(ours.sort()).toEqual(["four.example", "three.example"]);
    expect(others.sort()).toEqual([keyOf("one.example"), keyOf("two.example"), nobody].sort());
    await target.close?.();
  });

  test("reads back also what it wrote in another format, and has no words for in this one", async () => {
    const { topic, target } = await open();
    const former = anEntry({ type: "comment", value: "a remark" });
    await target.apply(aDelta({ add: [former] }), signal);
    await target.close?.();
    const changed = await reopen(topic, { format: "stix" });
    const found: Found[] = [];
    await endsOf(topic);
    for await (const page of changed.list?.(signal) ?? []) found.push(...page);
    expect(found).toMatchObject([{ indicator: { type: "comment", value: "a remark" } }]);
    await changed.close?.();
  });

  test("two couriers under one name cut each other off, and each says so", async () => {
    const { topic, target } = await open();
    await target.apply(aDelta({ add: [anEntry({ value: "one.example" })] }), signal);
    const newer = await reopen(topic);
    await newer.apply(aDelta({ add: [anEntry({ value: "two.example" })] }), signal);
    await expect(target.apply(aDelta({ remove: [anEntry({ value: "two.example" })] }), signal)).rejects.toThrow(
      "somebody else writes",
    );
    expect((await standing(topic)).size).toBe(2);
    await target.apply(aDelta({ remove: [anEntry({ value: "two.example" })] }), signal);
    await expect(newer.apply(aDelta({ add: [anEntry()] }), signal)).rejects.toThrow("somebody else writes");
    await Promise.all([target.close?.(), newer.close?.()]);
  });

  test("STIX indicators carry the same keys", async () => {
    const { topic, target } = await open({ format: "stix" });
    const origins = [anOrigin({ tags: ["tlp:green"] })];
    const refused = await target.apply(aDelta({ add: [anEntry({ origins }), anEntry({ type: "comment" })] }), signal);
    expect(refused).toEqual([{ type: "comment", value: "bad.example", reason: expect.stringContaining("no words") }]);
    const [[key, text] = []] = await standing(topic);
    expect(key).toMatch(/^[\da-f]{40}@misp\.example$/);
    expect(JSON.parse(text ?? "")).toMatchObject({ type: "indicator", pattern: "[domain-name:value = 'bad.example']" });
    await target.close?.();
  });

  test("a topic that is not there is told, and written to once it is", async () => {
    const target = await reopen("late");
    const delta = aDelta({ add: [anEntry()] });
    await expect(target.apply(delta, signal)).rejects.toMatchObject({ name: "NotNow" });
    await broker.createTopic("late");
    await expect(target.apply(delta, signal)).resolves.toEqual([]);
    await target.close?.();
  });

  describe("a topic that is made anew lacks all that it held", () => {
    /** Each look comes long after what was written last. */
    let now = Date.now();
    const later = { ...context, clock: () => (now += 60_000) };

    async function written(): Promise<{ topic: string; target: Target }> {
      const { topic } = await open();
      const settings = kafka.settings.parse({ brokers: [broker.address], topic, origin: "misp.example" });
      const target = await kafka.open(settings, later);
      for (const value of ["one.example", "two.example"])
        await target.apply(aDelta({ add: [anEntry({ value })] }), signal);
      await standing(topic);
      expect(await target.bare?.([], signal)).toEqual([]);
      return { topic, target };
    }

    test("while nobody has written to it since", async () => {
      const { topic, target } = await written();
      await broker.deleteTopic(topic);
      await expect(target.bare?.([], signal)).rejects.toMatchObject({ name: "NotNow" });
      await broker.createTopic(topic, 2);
      expect(await target.bare?.([], signal)).toBe("everything");
      await target.close?.();
    });

    test("and when somebody else has, as soon as that is certain", async () => {
      const { topic, target } = await written();
      await broker.deleteTopic(topic);
      await broker.createTopic(topic, 2);
      const other = await reopen(topic, { origin: "misp.other" });
      await other.apply(aDelta({ add: [anEntry({ value: "theirs.example" })] }), signal);
      await standing(topic);
      await expect(target.bare?.([], signal)).rejects.toMatchObject({ name: "NotNow" });
      expect(await target.bare?.([], signal)).toBe("everything");
      expect(await target.bare?.([], signal)).toEqual([]);
      await Promise.all([target.close?.(), other.close?.()]);
    });
  });
});
