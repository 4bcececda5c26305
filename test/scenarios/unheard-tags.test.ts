import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { silent } from "../../src/log.ts";
import { call } from "../cli/captured-terminal.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";

const RULES = {
  filter: [{ not: { tags: ["TLP:R*"] } }],
  indicators: { exceptions: { tags: ["soc:exception"] } },
  targets: { blocklists: { type: "csv", directory: "./lists", filter: [{ not: { tags: ["elsewhere"] } }] } },
};

let courier: RunningCourier;
let ahead = 0;
afterEach(() => courier[Symbol.asyncDispose]());

test("a local tag, of which MISP's list of events has no trace, takes off what it excludes once MISP is asked again", async () => {
  courier = await RunningCourier.start(RULES, { clock: () => Date.now() + ahead });
  const { misp } = courier;
  const [one, two, three, four, five] = ["a", "b", "c", "d", "e"].map((name) =>
    courier.publishDomains(`${name}.example`),
  );
  courier.publishDomains("stays.example");
  await courier.listed("domain", "a.example", "b.example", "c.example", "d.example", "e.example", "stays.example");
  await courier.stop();
  // Long after it was written, so that the list does not have the event for one that may still change.
  ahead = 60_000;
  await courier.start();
  await caughtUp();
  await courier.stop();
  misp.tagEvent(one?.event ?? 0, "soc:exception", { local: true });
  misp.tagAttribute(two?.attributes[0] ?? 0, "soc:exception", { local: true });
  misp.tagEvent(three?.event ?? 0, "tlp:red", { local: true });
  misp.tagAttribute(four?.attributes[0] ?? 0, "tlp:red", { local: true });
  misp.tagAttribute(five?.attributes[0] ?? 0, "elsewhere", { local: true });
  ahead = 120_000;
  await courier.start();
  await courier.listed("domain", "stays.example");
  await caughtUp();
  await courier.stop();
  ahead = 180_000;
  const before = misp.requests.length;
  const wholeEvents = () =>
    misp.requests
      .slice(before)
      .filter(({ path, body }) => path === "/events/restSearch" && !Object.hasOwn(body as object, "metadata"));
  await courier.start();
  await caughtUp();
  await courier.listed("domain", "stays.example");
  expect(wholeEvents()).toEqual([]);
});

test("a courier that is stopped while it asks for tags does not say that it is in step", async () => {
  const said: string[] = [];
  const log = { ...silent, info: (sentence: string) => void said.push(sentence) };
  courier = await RunningCourier.start(RULES, { log });
  courier.publishDomains("a.example");
  await courier.listed("domain", "a.example");
  await courier.stop();
  const { misp } = courier;
  const before = misp.requests.length;
  said.length = 0;
  misp.faults.restDelay = 300;
  await courier.start();
  const asked = () =>
    misp.requests.slice(before).filter(({ path, body }) => path === "/events/index" && !isMinimal(body));
  await eventually(async () => expect(asked()).toHaveLength(1));
  await courier.stop();
  expect(said).not.toContain("In step with MISP");
});

const isMinimal = (body: unknown) => JSON.stringify(body).includes("minimal");

/** Resolves once the courier has caught up since its clock was set. */
async function caughtUp(): Promise<void> {
  const began = Date.now() + ahead - 30_000;
  await eventually(async () => {
    const { out } = await call(["status", "--json", "--config", join(courier.directory, "config.yaml")]);
    expect(JSON.parse(out).caughtUp).toBeGreaterThan(began);
  });
}
