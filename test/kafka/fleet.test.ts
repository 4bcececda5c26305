import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import type { ChildCourier } from "../faults/child-courier.ts";
import { Watch } from "../faults/watch.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { comesToHold, courierOf, forwarderOf, held, TOPIC } from "./a-fleet.ts";

describe.runIf(KAFKA_JARS)(`two MISPs, one topic, three forwarders${NEEDS_BROKER}`, () => {
  let folder: string;
  let broker: AKafkaBroker;
  let misps: [Source, Source];
  let couriers: [ChildCourier, ChildCourier];
  const everWanted = new Set<string>();
  const withdrawn = new Set<string>();

  /** One MISP, and which attribute bears which value there. */
  class Source {
    readonly misp: StandInMisp;
    readonly attributes = new Map<string, number>();

    constructor(misp: StandInMisp) {
      this.misp = misp;
    }

    publish(...values: string[]): void {
      for (const value of values) everWanted.add(`domain ${value}`);
      for (const value of values) withdrawn.delete(`domain ${value}`);
      const { id } = this.misp.addEvent({ info: `An event of ${values.length}` });
      const added = this.misp.addAttributes(
        id,
        values.map((value) => ({ type: "domain", value })),
      );
      for (const [index, attribute] of added.entries()) this.attributes.set(values[index] ?? "", attribute.id);
      this.misp.publish(id);
    }

    remove(...values: string[]): void {
      for (const value of values) {
        const attribute = this.attributes.get(value) ?? 0;
        this.attributes.delete(value);
        if (!union().includes(`domain ${value}`)) withdrawn.add(`domain ${value}`);
        this.misp.softDelete(attribute);
      }
    }
  }

  function union(): string[] {
    return [...new Set(misps.flatMap(({ attributes }) => [...attributes.keys()]))]
      .map((value) => `domain ${value}`)
      .sort();
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fleet-"));
    broker = await AKafkaBroker.start();
    await broker.createTopic(TOPIC, 3, { "cleanup.policy": "compact" });
    misps = [new Source(await StandInMisp.open()), new Source(await StandInMisp.open())];
    couriers = [
      courierOf(join(folder, "berlin"), misps[0].misp, broker),
      courierOf(join(folder, "paris"), misps[1].misp, broker),
    ];
  }, 60_000);
  afterAll(async () => {
    for (const courier of couriers) await courier.kill();
    for (const { misp } of misps) await misp.close();
    await broker[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test("end with the same lists, whatever was killed, restarted or new, and a value goes with the last that holds it", async () => {
    const [berlin, paris] = misps;
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}.example`);
    const [own, shared, other] = [names("b", 120), names("both", 60), names("p", 120)];
    for (const courier of couriers) courier.start();
    for (const courier of couriers) await courier.hears();
    berlin.publish(...own, ...shared);
    paris.publish(...shared, ...other);

    await using steady = forwarderOf(join(folder, "steady"), broker);
    await using killed = forwarderOf(join(folder, "killed"), broker);
    await using watch = new Watch(steady.lists, { everWanted, withdrawn });
    await using watchOther = new Watch(killed.lists, { everWanted, withdrawn });
    steady.start();
    killed.start();
    await Promise.all([comesToHold(steady, union()), comesToHold(killed, union())]);

    // One lets go of what both hold: it stays. One is killed in the middle of changes.
    berlin.remove(...shared.slice(0, 40), ...own.slice(0, 30));
    await killed.kill();
    berlin.publish(...names("late", 50));
    await comesToHold(steady, union());

    // The broker is away and comes back, while changes go on.
    await broker.stop();
    paris.remove(...other.slice(0, 30), ...shared.slice(0, 20));
    berlin.publish(...names("meanwhile", 30));
    await broker.start();
    await comesToHold(steady, union());

    // Nothing gets through to it for half a minute.
    broker.freeze();
    paris.remove(...other.slice(30, 50));
    berlin.publish(...names("unheard", 20));
    await pause(15_000);
    paris.publish(...names("unheard-too", 10));
    berlin.remove(...names("unheard", 5));
    await pause(15_000);
    broker.thaw();
    await comesToHold(steady, union());

    killed.start();
    await using fresh = forwarderOf(join(folder, "fresh"), broker);
    fresh.start();
    // The last one lets go.
    paris.remove(...shared.slice(20, 40));
    await Promise.all([steady, killed, fresh].map((forwarder) => comesToHold(forwarder, union())));

    const lists = await Promise.all([steady, killed, fresh].map(held));
    expect(lists[0]).toHaveLength(120 - 30 + 20 + 90 + 50 + 30 - 20 + 20 + 10 - 5);
    expect(lists[1]).toEqual(lists[0]);
    expect(lists[2]).toEqual(lists[0]);
    expect([...watch.wrong, ...watchOther.wrong]).toEqual([]);
    expect([...couriers, steady, killed, fresh].flatMap(({ bugs }) => bugs)).toEqual([]);
  }, 300_000);
});
