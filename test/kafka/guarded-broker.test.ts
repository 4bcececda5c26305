import { describe, expect, onTestFinished, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { call } from "../cli/captured-terminal.ts";
import type { ChildCourier } from "../faults/child-courier.ts";
import { aFolder } from "../support/a-folder.ts";
import { AKafkaBroker, KAFKA_JARS, NEEDS_BROKER } from "../support/a-kafka-broker.ts";
import { comesToHold, courierOf, forwarderOf, TOPIC } from "./a-fleet.ts";

const PASSWORD = "s3cret-of-the-broker";
const CANNOT = "The target cannot take anything now";

describe.runIf(KAFKA_JARS)(`brokers that want to know who is there${NEEDS_BROKER}`, () => {
  for (const mechanism of ["scram-sha-512", "plain"] as const) {
    const login = { mechanism, username: "courier", password: PASSWORD };

    test(`let in over TLS who has the right password (${mechanism}), and it stands nowhere`, async () => {
      await using broker = await AKafkaBroker.start({ login, tls: true });
      await broker.createTopic(TOPIC, 2, { "cleanup.policy": "compact" });
      const tls = { ca_file: broker.certificate };
      const misp = await aMisp();
      await using stranger = writer(misp, broker, { tls, sasl: { ...login, password: `${PASSWORD}-not` } });
      stranger.start();
      await stranger.said(CANNOT);
      expect(stranger.log.join()).toMatch(/authentication/i);
      await stranger.stop();
      const asked = await call(["check", "--online", "--config", stranger.config]);
      expect(asked.code).toBe(69);
      expect(asked.err).toMatch(/^targets\.bus: .*authentication/i);
      await using courier = writer(misp, broker, { tls, sasl: login });
      const source = { kafka: { brokers: [broker.address], topic: TOPIC, tls, sasl: login } };
      await using forwarder = forwarderOf(aFolder(), broker, { source });
      const welcome = await call(["check", "--online", "--config", courier.config]);
      expect(welcome).toMatchObject({
        code: 0,
        out: expect.stringContaining("targets.bus: the brokers answer; 1 of 1"),
      });
      courier.start();
      forwarder.start();
      await comesToHold(forwarder, ["domain one.example", "domain two.example"]);
      await broker.stop();
      await broker.start();
      misp.publish(misp.addEvent({ info: "Later", attributes: [{ type: "domain", value: "three.example" }] }).id);
      await comesToHold(forwarder, ["domain one.example", "domain three.example", "domain two.example"]);
      const told = await call(["status", "--config", courier.config]);
      const logs = [stranger, courier, forwarder].flatMap(({ log }) => log);
      for (const text of [...logs, told.out, told.err]) expect(text).not.toContain(PASSWORD);
      expect([...courier.bugs, ...forwarder.bugs]).toEqual([]);
    }, 180_000);
  }

  test.each(["delete", "compact,delete"])(
    "let `check --online` see that the topic is cleaned up by `%s`",
    async (policy) => {
      await using broker = await AKafkaBroker.start();
      await broker.createTopic(TOPIC, 1, { "cleanup.policy": policy });
      await using courier = writer(await aMisp(), broker, {});
      expect(await call(["check", "--online", "--config", courier.config])).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /^targets\.bus: the topic forgets records by their age: set its cleanup\.policy to compact/,
        ),
      });
    },
    120_000,
  );

  test("get nothing when nobody vouches for their certificate, unless that was asked for", async () => {
    await using broker = await AKafkaBroker.start({ tls: true });
    await broker.createTopic(TOPIC, 1, { "cleanup.policy": "compact" });
    const misp = await aMisp();
    await using careful = writer(misp, broker, { tls: true });
    careful.start();
    await careful.said(CANNOT);
    expect(careful.log.join()).toMatch(/self-signed certificate/);
    await careful.stop();
    await using careless = writer(misp, broker, { tls: { verify_tls: false } });
    careless.start();
    await careless.said("Delivered");
  }, 180_000);
});

/** A MISP that has published two values. */
async function aMisp(): Promise<StandInMisp> {
  const misp = await StandInMisp.open();
  onTestFinished(() => misp.close());
  const attributes = ["one.example", "two.example"].map((value) => ({ type: "domain", value }));
  misp.publish(misp.addEvent({ info: "A campaign", attributes }).id);
  return misp;
}

function writer(misp: StandInMisp, broker: AKafkaBroker, settings: object): ChildCourier {
  const bus = { type: "kafka", brokers: [broker.address], topic: TOPIC, ...settings };
  return courierOf(aFolder(), misp, broker, { targets: { bus } });
}
