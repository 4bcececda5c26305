import { afterEach, expect, test } from "vitest";
import { RunningCourier } from "../support/running-courier.ts";

let courier: RunningCourier;
afterEach(() => courier[Symbol.asyncDispose]());

/** What changed lately is read again all the same. */
const LONG_AGO = { mispClock: () => Date.now() - 3_600_000 };

test("a tag that gets another name changes what the lists hold, of events and of attributes, though MISP tells of the tag alone", async () => {
  courier = await RunningCourier.start({ filter: [{ tags: ["tlp:green"], not: { tags: ["tlp:red"] } }] }, LONG_AGO);
  const { misp } = courier;
  const [one, two, three, four] = ["a", "b", "c", "d"].map((name) => courier.publishDomains(`${name}.example`));
  for (const event of [one, two, three]) misp.tagEvent(event?.event ?? 0, "tlp:green", { local: true });
  misp.tagEvent(one?.event ?? 0, "secret", { local: true });
  misp.tagAttribute(two?.attributes[0] ?? 0, "secret", { local: true });
  misp.tagAttribute(four?.attributes[0] ?? 0, "greenish", { local: true });
  await courier.listed("domain", "a.example", "b.example", "c.example");
  misp.renameTag("secret", "tlp:red");
  await courier.listed("domain", "c.example");
  misp.renameTag("tlp:red", "known to all");
  await courier.listed("domain", "a.example", "b.example", "c.example");
});

test("a tag that is edited and keeps its name costs one search", async () => {
  courier = await RunningCourier.start({}, LONG_AGO);
  const { misp } = courier;
  const event = courier.publishDomains("a.example");
  misp.tagEvent(event.event, "tlp:green", { local: true });
  await courier.listed("domain", "a.example");
  const before = misp.requests.length;
  misp.renameTag("tlp:green", "tlp:green");
  await expect.poll(() => misp.requests.slice(before).length, { timeout: 20_000 }).toBe(1);
  expect(misp.requests.at(-1)).toMatchObject({ path: "/events/restSearch", body: { tags: { OR: ["tlp:green"] } } });
});
