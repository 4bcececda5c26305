import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { BlindSpell } from "../../src/ledger/blind-spells.ts";
import { call } from "../cli/captured-terminal.ts";
import { calm, eventually, RunningCourier } from "../support/running-courier.ts";

const START = "not heard since the start";
const AWAY = "the courier was not listening";

describe("a time in which the feed is not heard is put on record and made up for:", () => {
  let courier: RunningCourier;
  afterEach(() => courier[Symbol.asyncDispose]());

  test("the first start", async () => {
    courier = await RunningCourier.start();
    await madeUpFor(START);
  });

  test("while the courier does not run", async () => {
    courier = await RunningCourier.start();
    courier.publishDomains("heard.example");
    await courier.listed("domain", "heard.example");
    await madeUpFor(START);
    await courier.stop();
    publishUnheard("missed.example");
    await courier.start();
    await courier.listed("domain", "heard.example", "missed.example");
    await madeUpFor(START, AWAY);
  });

  test("while the courier does not run, from then on also where the feed never spoke before", async () => {
    courier = await RunningCourier.start({}, { silent: true });
    await madeUpFor(START);
    await courier.stop();
    const stopped = Date.now();
    publishUnheard("missed.example");
    await courier.start();
    await courier.listed("domain", "missed.example");
    await madeUpFor(START, AWAY);
    expect((await spells())[0]?.since).toBeLessThanOrEqual(stopped);
  });

  test("a publisher that goes away and comes back", async () => {
    courier = await RunningCourier.start();
    await madeUpFor(START);
    const restarted = courier.misp.restartPublisher({ downFor: 200 });
    publishUnheard("missed.example");
    await restarted;
    await courier.listed("domain", "missed.example");
    await madeUpFor(START, "disconnected");
  });

  test("a publisher that dies, for as long as it is dead", async () => {
    courier = await RunningCourier.start();
    await madeUpFor(START);
    courier.misp.killPublisher();
    await eventually(async () => expect((await spells())[0]).toMatchObject({ cause: "disconnected", until: null }));
    publishUnheard("missed.example");
    courier.misp.sendRaw("misp_json_self {}");
    await courier.listed("domain", "missed.example");
    await madeUpFor(START, "disconnected");
  });

  test("silence, over REST as long as it lasts", async () => {
    let ahead = 0;
    courier = await RunningCourier.start({}, { clock: () => Date.now() + ahead, silent: true });
    await madeUpFor(START);
    publishUnheard("missed.example");
    ahead = 31_000;
    await courier.listed("domain", "missed.example");
    expect((await spells())[0]).toMatchObject({ cause: "silence", until: null, repaired: null });
    courier.misp.sayAlive();
    await madeUpFor(START, "silence");
  });

  test("an uptime that fell", async () => {
    courier = await RunningCourier.start({}, { silent: true });
    await madeUpFor(START);
    courier.misp.sendRaw('misp_json_self {"status": "alive", "uptime": 500}');
    courier.misp.sendRaw('misp_json_self {"status": "alive", "uptime": 510}');
    await calm();
    expect(await spells()).toHaveLength(1);
    publishUnheard("missed.example");
    courier.misp.sendRaw('misp_json_self {"status": "alive", "uptime": 3}');
    await courier.listed("domain", "missed.example");
    await madeUpFor(START, "publisher restarted");
  });

  test("a password that is wrong, until it is right", async () => {
    const login = { username: "misp", password: "correct horse" };
    courier = await RunningCourier.start({}, login);
    await madeUpFor(START);
    await courier.stop();
    const { url, key, endpoint } = courier.misp;
    const wrong = { endpoint, ...login, password: "guessed" };
    const starting = courier.start({ misp: { url, key, zeromq: wrong } });
    publishUnheard("missed.example");
    await courier.listed("domain", "missed.example");
    await eventually(async () => expect((await spells())[0]).toMatchObject({ cause: "login refused", until: null }));
    await courier.stop();
    await starting;
    await courier.start({});
    await madeUpFor(START, AWAY, "login refused");
  });

  /** Publishes a domain of which the feed brings no word. */
  function publishUnheard(domain: string): void {
    courier.misp.faults.drop = () => true;
    courier.publishDomains(domain);
    courier.misp.faults.drop = undefined;
  }

  /** Resolves once there were just these, the newest last, and all are over and made up for. */
  async function madeUpFor(...causes: string[]): Promise<void> {
    await eventually(async () => {
      const all = (await spells()).toReversed();
      expect(all.map(({ cause }) => cause)).toEqual(causes);
      for (const { since, until, repaired } of all) {
        expect(until).toBeGreaterThanOrEqual(since);
        expect(repaired).toMatchObject({ changedEvents: expect.any(Number), vanishedEvents: 0 });
      }
    });
  }

  /** As `status --json` shows them, the newest first. */
  async function spells(): Promise<BlindSpell[]> {
    const { out } = await call(["status", "--json", "--config", join(courier.directory, "config.yaml")]);
    return JSON.parse(out).blindSpells;
  }
});
