import { afterEach, beforeEach, describe, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { RunningCourier } from "../support/running-courier.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** A courier whose clock can be set; MISP's own clock is right. */
let ahead: number;
let courier: RunningCourier;
const clock = () => Date.now() + ahead;

beforeEach(async () => {
  ahead = 0;
  courier = await RunningCourier.start({}, { clock, mispClock: Date.now });
  publishDomain("a.example");
  await courier.listed("domain", "a.example");
});
afterEach(() => courier[Symbol.asyncDispose]());

function publishDomain(value: string) {
  const { id, attributes } = courier.misp.addEvent({ info: value, attributes: [{ type: "domain", value }] });
  courier.misp.publish(id);
  return attributes[0]?.id ?? 0;
}

describe("a clock that is set", () => {
  test.each([
    ["ahead by an hour", HOUR],
    ["back by an hour", -HOUR],
    ["back by a year", -YEAR],
  ])("%s takes nothing off, and what is heard goes on being delivered", async (_, jump) => {
    ahead = jump;
    const attribute = publishDomain("b.example");
    await courier.listed("domain", "a.example", "b.example");
    courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.listed("domain", "a.example");
  });

  test("ahead by years lets indicators run out, and back brings them all back by itself", async () => {
    ahead = 2 * YEAR;
    await courier.listed("domain");
    ahead = 0;
    await courier.listed("domain", "a.example");
  });

  test("ahead by years and back while the courier does not run brings them back, too", async () => {
    ahead = 2 * YEAR;
    await courier.listed("domain");
    await courier.stop();
    ahead = 0;
    await courier.start();
    await courier.listed("domain", "a.example");
  });

  test("ahead and back does not keep sightings from being caught up", async () => {
    const attribute = publishDomain("b.example");
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    ahead = 30 * 24 * HOUR;
    await courier.start();
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    ahead = 0;
    courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.start();
    await courier.listed("domain", "a.example");
  });
});
