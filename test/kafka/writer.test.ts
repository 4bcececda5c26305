import { once } from "node:events";
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { expect, test } from "vitest";
import { freePort } from "../../src/bench/free-port.ts";
import { openKafka } from "../../src/kafka/connection.ts";
import { readWhole } from "../../src/kafka/whole.ts";
import { TopicWriter } from "../../src/kafka/writer.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { eventually } from "../support/running-courier.ts";

const TOPIC = "misp.indicators";
const { signal } = new AbortController();

test.runIf(KAFKA_JARS)(
  `what was cut off while it looked for the brokers is not written once they are there, and lets go of them${NEEDS_BROKER}`,
  async () => {
    await using broker = await AKafkaBroker.start();
    await broker.createTopic(TOPIC);
    const port = await freePort();
    const kafka = await openKafka({ brokers: [`127.0.0.1:${port}`], tls: null }, (path) => path);
    const writer = new TopicWriter({ kafka, topic: TOPIC, name: "writer" });
    const write = (key: string, cut: AbortSignal) => writer.write([{ key, value: "1", headers: {} }], cut);
    const stop = new AbortController();
    const late = write("late", stop.signal);
    await pause(100);
    stop.abort();
    await expect(late).rejects.toMatchObject({ meaning: "away" });
    await using door = await openDoor(port, broker.address);
    await eventually(async () => expect(door).toMatchObject({ wasUsed: true, lines: 0 }));
    await eventually(() => write("new", signal), 60_000);
    await writer.close();
    await eventually(async () => expect(door.lines).toBe(0));
    // A broker that has just begun asks for patience.
    await eventually(async () => expect(await keysIn(kafka)).toEqual(["new"]), 60_000);
  },
);

async function keysIn(kafka: Kafka): Promise<string[]> {
  const keys: string[] = [];
  for await (const records of readWhole(kafka, TOPIC, signal)) keys.push(...records.map(({ key }) => String(key)));
  return keys;
}

/** Lets lines through to an address, and counts them. */
async function openDoor(port: number, address: string) {
  const [host = "", at] = address.split(":");
  const server = createServer((line) => {
    door.wasUsed = true;
    door.lines += 1;
    line.once("close", () => {
      door.lines -= 1;
    });
    const inside = connect(Number(at), host);
    pipeline(line, inside, line, () => undefined);
  });
  const door = {
    wasUsed: false,
    lines: 0,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
  await once(server.listen(port, "127.0.0.1"), "listening");
  return door;
}
