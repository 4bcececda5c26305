import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { ChildCourier } from "../faults/child-courier.ts";
import type { AKafkaBroker } from "../support/a-kafka-broker.ts";
import { eventually } from "../support/running-courier.ts";

/** The topic between couriers and forwarders. */
export const TOPIC = "misp.indicators";
/** On a busy machine, with a broker that comes back only after a while, milliseconds. */
const PATIENCE = 120_000;

/** A courier that follows a MISP and writes to the topic. */
export function courierOf(
  folder: string,
  misp: StandInMisp,
  broker: AKafkaBroker,
  settings: object = {},
): ChildCourier {
  return new ChildCourier(folder, misp, {
    targets: { bus: { type: "kafka", brokers: [broker.address], topic: TOPIC } },
    http: { listen: "127.0.0.1:0" },
    ...settings,
  });
}

/** A courier that follows the topic and writes lists. */
export function forwarderOf(folder: string, broker: AKafkaBroker, settings: object = {}): ChildCourier {
  const nobody = { url: "http://127.0.0.1:1", key: "", endpoint: "tcp://127.0.0.1:1" };
  return new ChildCourier(folder, nobody, {
    misp: undefined,
    role: "forwarder",
    source: { kafka: { brokers: [broker.address], topic: TOPIC } },
    http: { listen: "127.0.0.1:0" },
    ...settings,
  });
}

/** What its lists hold, as `type value`. */
export async function held({ lists }: ChildCourier): Promise<string[]> {
  const names = (await readdir(lists).catch(() => [])).filter((name) => name.endsWith(".csv"));
  const texts = await Promise.all(
    names.map(async (name) => {
      const lines = (await readFile(join(lists, name), "utf8")).split("\n").slice(1, -1);
      return lines.map((value) => `${name.slice(0, -".csv".length)} ${value}`);
    }),
  );
  return texts.flat().sort();
}

/** Resolves once its lists hold exactly this, which may take some tries of a target that could not be reached. */
export function comesToHold(courier: ChildCourier, wanted: Iterable<string>): Promise<void> {
  const expected = [...wanted].sort();
  return eventually(async () => expect(await held(courier)).toEqual(expected), PATIENCE);
}
