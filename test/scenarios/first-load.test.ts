import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Step } from "../../src/ledger/delta/step.ts";
import { SightingType } from "../../src/model/misp.ts";
import { call } from "../cli/captured-terminal.ts";
import { calm, eventually, RunningCourier } from "../support/running-courier.ts";

/** Takes down what is delivered. */
function watching() {
  const delivered: string[] = [];
  const watched = () => ({
    delivered: (_: string, { delta }: Step) => void delivered.push(...delta.add.map(({ value }) => value)),
  });
  return { delivered, watched };
}

describe("what MISP holds before the courier's first start", () => {
  let courier: RunningCourier;
  const catchUp = (...words: string[]) =>
    call(["catch-up", ...words, "--config", join(courier.directory, "config.yaml")]);
  afterEach(() => courier[Symbol.asyncDispose]());

  /** Values that wait for a first start, the last of them the bad one; `onlyTheBad` looks whether that is all that ever went out. */
  async function beforeTheFirstStart(...others: string[]) {
    const { delivered, watched } = watching();
    courier = await RunningCourier.start({}, { watched });
    await courier.forget();
    const { attributes } = courier.publishDomains(...others, "bad.example");
    const onlyTheBad = async () => {
      await courier.listed("domain", "bad.example");
      await calm();
      expect(delivered).toEqual(["bad.example"]);
    };
    return { attributes, delivered, onlyTheBad };
  }

  const callFalse = (attribute = 0) => courier.misp.sight(attribute, { type: SightingType.falsePositive });
  const block = (value: string) =>
    courier.misp.setWarninglist({
      ...{ id: 7, name: "theirs", type: "string", enabled: true },
      ...{ matchingAttributes: ["domain"], list: [value] },
    });

  test("is loaded at the first start, thumbs included", async () => {
    courier = await RunningCourier.start();
    await courier.stop();
    const { attributes } = courier.publishDomains("a.example", "b.example");
    callFalse(attributes[0]);
    courier.misp.addEvent({ info: "draft", attributes: [{ type: "domain", value: "draft.example" }] });
    await courier.start();
    await courier.listed("domain", "b.example");
  });

  test("goes out at the first start only once thumbs and warninglists are known", async () => {
    const { attributes, onlyTheBad } = await beforeTheFirstStart("called-false.example", "blocked.example");
    callFalse(attributes[0]);
    block("blocked.example");
    courier.misp.faults.restDelay = 300;
    await courier.start();
    await onlyTheBad();
  });

  test("goes out at the first start only once all of it is judged by warninglists that come late", async () => {
    const blocked = Array.from({ length: 3_000 }, (_, index) => `${index}.blocked.example`);
    const { onlyTheBad } = await beforeTheFirstStart(...blocked);
    for (let id = 1; id <= 20; id += 1) {
      courier.misp.setWarninglist({
        ...{ id, name: `list ${id}`, type: "hostname", enabled: true },
        ...{ matchingAttributes: ["domain"], list: [id === 20 ? "blocked.example" : `${id}.other.example`] },
      });
    }
    courier.misp.faults.restDelay = 100;
    await courier.start();
    await onlyTheBad();
  });

  test("goes out only once it is judged by the warninglists also where MISP could not be reached at first", async () => {
    const { onlyTheBad } = await beforeTheFirstStart("blocked.example");
    block("blocked.example");
    courier.misp.faults.restStatus = 503;
    await courier.start();
    await calm();
    courier.misp.faults.restStatus = undefined;
    await onlyTheBad();
  });

  test("goes out only once thumbs are known also where MISP fails before it tells them", async () => {
    const { attributes, delivered, onlyTheBad } = await beforeTheFirstStart("called-false.example");
    callFalse(attributes[0]);
    courier.misp.faults.missingRoutes = ["sightings/restSearch"];
    await courier.start();
    await calm();
    expect(delivered).toEqual([]);
    courier.misp.faults.missingRoutes = [];
    await onlyTheBad();
  });

  test("goes out only once thumbs are known also where MISP refused the key at first", async () => {
    const { attributes, onlyTheBad } = await beforeTheFirstStart("called-false.example");
    callFalse(attributes[0]);
    courier.misp.faults.restStatus = 403;
    await courier.start();
    await calm();
    courier.misp.faults.restStatus = undefined;
    courier.misp.faults.restDelay = 100;
    await onlyTheBad();
  });

  test("goes out all the same where MISP does not give out its warninglists", async () => {
    courier = await RunningCourier.start();
    await courier.forget();
    courier.publishDomains("bad.example");
    courier.misp.faults.missingRoutes = ["warninglists/index", "users/view"];
    await courier.start();
    await courier.listed("domain", "bad.example");
  });

  test("goes out only once warninglists are known also where a command has caught up before", async () => {
    const { onlyTheBad } = await beforeTheFirstStart("blocked.example");
    block("blocked.example");
    expect((await catchUp()).code).toBe(0);
    courier.misp.faults.restDelay = 300;
    await courier.start();
    await onlyTheBad();
  });

  test("is loaded as a whole also where less is asked to be read again before it ever was", async () => {
    let age = 10 * 86_400_000;
    courier = await RunningCourier.start({}, { mispClock: () => Date.now() - age });
    await courier.forget();
    courier.publishDomains("old.example");
    age = 0;
    courier.publishDomains("young.example");
    expect((await catchUp("--since", "1d")).out).toContain("3 attributes loaded");
    await courier.start();
    await courier.listed("domain", "old.example", "young.example");
  });

  test("is loaded on from where it was after an interruption, and nothing is left out", async () => {
    courier = await RunningCourier.start({ indicators: { ttl: { default: "30d", domain: "30d" } } });
    await courier.forget();
    const { misp } = courier;
    const values = Array.from({ length: 6_000 }, (_, index) => `${index}.example`);
    const written = Math.floor(Date.now() / 1000) - 86_400;
    const attributes = values.map((value, index) => ({ type: "domain", value, timestamp: written + index }));
    misp.publish(misp.addEvent({ info: "large", attributes }).id);
    const pages = () => misp.requests.filter(({ path }) => path === "/attributes/restSearch").map(({ body }) => body);
    const second = expect.objectContaining({ timestamp: [written + 4_999, expect.any(Number)], page: 1 });
    misp.faults.restDelay = 50;
    await courier.start();
    // Who asks for the second page has saved the first.
    await eventually(async () => expect(pages()).toContainEqual(second));
    await courier.stop();
    const asked = pages().length;
    misp.faults.restDelay = 0;
    await courier.start();
    await courier.listed("domain", ...values);
    expect(pages()[asked]).toEqual(second);
  }, 60_000);

  test("is loaded also where MISP's search for attributes finds nothing at first, and its list of events has some", async () => {
    courier = await RunningCourier.start({}, { mispClock: () => Date.now() - 3_600_000 });
    await courier.forget();
    courier.publishDomains("bad.example");
    const { faults, requests } = courier.misp;
    Object.defineProperty(faults, "emptyAnswers", { get: () => requests.at(-1)?.path === "/attributes/restSearch" });
    await courier.start();
    await courier.listed("domain", "bad.example");
  });

  test("is loaded in smaller pages where large ones are too much for MISP", async () => {
    courier = await RunningCourier.start();
    await courier.forget();
    const values = Array.from({ length: 3_000 }, (_, index) => `${index}.example`);
    courier.publishDomains(...values);
    courier.misp.faults.mostRows = 700;
    await courier.start();
    await courier.listed("domain", ...values);
  }, 60_000);

  describe("what is older than the first load looks back", () => {
    const DAYS = 86_400_000;
    const ARCHIVE = { targets: { blocklists: { type: "csv", directory: "./lists", ttl: { domain: "never" } } } };
    let age = 400 * DAYS;

    async function startWithOldDomain(settings: Record<string, unknown>) {
      age = 400 * DAYS;
      courier = await RunningCourier.start(settings, { mispClock: () => Date.now() - age });
      await courier.stop();
      courier.publishDomains("old.example");
      age = 0;
      courier.publishDomains("young.example");
      await courier.start(settings);
    }

    test("is loaded where a target keeps it longer than others do", async () => {
      await startWithOldDomain(ARCHIVE);
      await courier.listed("domain", "old.example", "young.example");
    });

    test("is loaded once the configuration wants it", async () => {
      await startWithOldDomain({});
      await courier.listed("domain", "young.example");
      await courier.stop();
      await courier.start(ARCHIVE);
      await courier.listed("domain", "old.example", "young.example");
    });

    test("is loaded where it was seen since, and only that", async () => {
      courier = await RunningCourier.start({}, { mispClock: () => Date.now() - age });
      await courier.stop();
      age = 400 * DAYS;
      const lastSeen = Math.floor((Date.now() - DAYS) / 1000);
      const event = courier.misp.addEvent({
        info: "old",
        attributes: [
          { type: "domain", value: "still-there.example", lastSeen },
          { type: "domain", value: "gone.example", lastSeen: lastSeen - 399 * 86_400 },
        ],
      });
      courier.misp.publish(event.id);
      age = 0;
      await courier.start();
      await courier.listed("domain", "still-there.example");
    });

    test("is loaded where a part of it lives longer than the pair", async () => {
      courier = await RunningCourier.start({}, { mispClock: () => Date.now() - age });
      await courier.stop();
      age = 100 * DAYS;
      const event = courier.misp.addEvent({
        info: "old",
        attributes: [
          { type: "hostname|port", value: "old.example|8080" },
          { type: "malware-sample", value: "invoice.exe|68b329da9893e34099c7d8ad5cb9c940" },
        ],
      });
      courier.misp.publish(event.id);
      age = 0;
      await courier.start();
      await courier.listed("hostname", "old.example");
      await courier.listed("md5", "68b329da9893e34099c7d8ad5cb9c940");
    });
  });
});
