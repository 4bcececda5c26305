import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { call } from "../cli/captured-terminal.ts";
import { ChildCourier } from "../faults/child-courier.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { eventually } from "../support/running-courier.ts";

const TOPIC = "misp.sightings";
const PATIENCE = 60_000;

interface Told {
  source: string;
  type: string;
  date_sighting: string;
}

describe.runIf(KAFKA_JARS)(`sightings of sensors from a topic${NEEDS_BROKER}`, () => {
  let folder: string;
  let broker: AKafkaBroker;
  let misp: StandInMisp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sightings-"));
    broker = await AKafkaBroker.start();
    await broker.createTopic(TOPIC, 2);
    misp = await StandInMisp.open();
  }, 60_000);
  afterAll(async () => {
    await misp.close();
    await broker[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  function courier(name: string, settings: object = {}): ChildCourier {
    return new ChildCourier(join(folder, name), misp, {
      sightings: { kafka: { brokers: [broker.address], topic: TOPIC } },
      http: { listen: "127.0.0.1:0" },
      ...settings,
    });
  }

  /** What MISP holds, as it says itself. */
  async function sightings(): Promise<Told[]> {
    const answer = await fetch(`${misp.url}/sightings/restSearch`, {
      method: "POST",
      headers: { Authorization: misp.key, "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ returnFormat: "json", from: "400d" }),
    });
    const { response }: { response: { Sighting: Told }[] } = JSON.parse(await answer.text());
    return response.map(({ Sighting }) => Sighting);
  }

  test("arrive in MISP once each, by value or UUID, over a crash; what cannot be read is kept with its reason", async () => {
    const { id } = misp.addEvent({ info: "A campaign" });
    const [one, two] = misp.addAttributes(id, [
      { type: "domain", value: "one.example" },
      { type: "domain", value: "two.example" },
    ]);
    misp.publish(id);
    await using sensors = courier("sensors");
    sensors.start();
    await sensors.hears();
    await sensors.said("The topic of sensors is heard");
    const seen = (n: number) => Math.floor(Date.now() / 1000) - 10_000 - 700 * n;
    await broker.say(
      TOPIC,
      JSON.stringify({ value: "one.example", source: "zeek-1", seen_at: seen(1) }),
      JSON.stringify([
        { attribute: two?.uuid, type: "false_positive", seen_at: seen(2) },
        { value: "one.example", seen_at: seen(3) },
      ]),
      "not JSON",
      JSON.stringify({ value: "one.example", attribute: one?.uuid }),
      JSON.stringify({ value: "two.example", seen_at: "9999-01-01T00:00:00Z" }),
    );
    await eventually(async () => expect(await sightings()).toHaveLength(3), PATIENCE);
    await sensors.kill();
    await broker.say(TOPIC, JSON.stringify({ value: "two.example", source: "zeek-1", seen_at: seen(4) }));
    sensors.start();
    await eventually(async () => expect(await sightings()).toHaveLength(4), PATIENCE);
    await sensors.stop();
    expect((await sightings()).map(({ source, type }) => `${source} ${type}`).sort()).toEqual([
      "misp-courier 0",
      "misp-courier 1",
      "misp-courier: zeek-1 0",
      "misp-courier: zeek-1 0",
    ]);
    const { out } = await call(["status", "--json", "--config", sensors.config]);
    expect(JSON.parse(out)).toMatchObject({ unreadable: 3 });
    expect(sensors.bugs).toEqual([]);
  }, 180_000);

  test("without any time count from when they are read", async () => {
    const { id } = misp.addEvent({ info: "Another campaign" });
    misp.addAttributes(id, [{ type: "domain", value: "timeless.example" }]);
    misp.publish(id);
    await using sensors = courier("timeless");
    sensors.start();
    await sensors.said("The topic of sensors is heard");
    const before = Math.floor(Date.now() / 1000);
    const producer = broker.client().producer();
    await producer.connect();
    const value = JSON.stringify({ value: "timeless.example", source: "timeless" });
    await producer.send({ topic: TOPIC, messages: [{ value, timestamp: "-1" }] });
    await producer.disconnect();
    await eventually(async () => {
      const told = (await sightings()).filter(({ source }) => source === "misp-courier: timeless");
      expect(told.map(({ date_sighting: date }) => Number(date) >= before)).toEqual([true]);
    }, PATIENCE);
  }, 180_000);
});
