import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { ChildCourier } from "../faults/child-courier.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { eventually } from "../support/running-courier.ts";

describe.runIf(KAFKA_JARS)(`walking${NEEDS_BROKER}`, () => {
  let broker: AKafkaBroker;
  beforeAll(async () => {
    broker = await AKafkaBroker.start();
  }, 60_000);
  afterAll(() => broker[Symbol.asyncDispose]());
  test("walks", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fleet-"));
    await broker.createTopic("misp.indicators", 2, { "cleanup.policy": "compact" });
    const misp = await StandInMisp.open();
    const kafka = { brokers: [broker.address] };
    await using courier = new ChildCourier(join(folder, "courier"), misp, {
      targets: { bus: { type: "kafka", ...kafka } },
    });
    await using forwarder = new ChildCourier(join(folder, "forwarder"), misp, {
      misp: undefined,
      role: "forwarder",
      source: { kafka },
    });
    courier.start();
    forwarder.start();
    await courier.hears();
    const { id: event } = misp.addEvent({ info: "x" });
    misp.addAttribute(event, { type: "domain", value: "evil.example" });
    misp.publish(event);
    try {
      await eventually(async () => {
        const text = await readFile(join(forwarder.lists, "domain.csv"), "utf8");
        if (!text.includes("evil.example")) throw new Error(text);
      }, 20_000);
    } finally {
      console.log(courier.log.join("\n"));
      console.log(forwarder.log.join("\n"));
    }
    await misp.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);
});
