import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

let courier: RunningCourier;

afterEach(() => courier[Symbol.asyncDispose]());

/** Of a pair that was thumbed down, and of which another attribute holds one half up. */
async function explained(settings: Record<string, unknown>): Promise<string> {
  courier = await RunningCourier.start({
    ...settings,
    targets: {
      blocklists: { type: "csv", directory: "./lists" },
      pairs: { type: "csv", directory: "./pairs", filter: [{ types: ["domain|ip"] }] },
    },
  });
  const { misp } = courier;
  const pair = { type: "domain|ip", value: "pair.example|198.51.100.7" };
  const { id, attributes } = misp.addEvent({
    info: "x",
    attributes: [pair, { type: "domain", value: "pair.example" }],
  });
  misp.publish(id);
  await courier.listed("ip", "198.51.100.7");
  misp.sight(attributes[0]?.id ?? 0, { type: SightingType.falsePositive });
  await courier.listed("ip");
  const config = join(courier.directory, "config.yaml");
  return eventually(async () => {
    const { out } = await call(["explain", "pair.example", "--config", config]);
    expect(out).toContain("pairs: does not hold it");
    return out;
  });
}

const QUORUM = { false_positive: { orgs: 5, trusted: 5 } };

test.each([["latest"], [QUORUM]])(
  "explain says of a pair that was thumbed down that it holds nothing up, by rule %j",
  async (sightings) => {
    const out = await explained({ indicators: { sightings } });
    expect(out).toMatch(/\(domain\|ip\) .*\n.* false positive, by .*\n +does not qualify: sightings of it say false/);
    expect(out).toMatch(/\(domain\) .*\n +qualifies/);
    expect(out).toContain("pairs: does not hold it, is not to hold it: no filter rule admits it");
    expect(out).toContain("blocklists: holds it");
  },
);

test("explain does not call the newest sighting a false positive where a quorum says so against it", async () => {
  courier = await RunningCourier.start({ indicators: { sightings: { false_positive: { orgs: 2, trusted: 1 } } } });
  const { misp } = courier;
  const { attributes } = courier.publishDomains("voted.example");
  await courier.listed("domain", "voted.example");
  const voters = ["One", "Two", "Three"].map((name) => misp.addOrganisation({ name }).id);
  const date = Math.floor(Date.now() / 1000) - 60;
  for (const [n, organisation] of voters.entries()) {
    const type = n < 2 ? SightingType.falsePositive : SightingType.seen;
    misp.sight(attributes[0] ?? 0, { type, organisation, date: date + n });
  }
  await courier.listed("domain");
  await eventually(async () => {
    const { out } = await call(["explain", "voted.example", "--config", join(courier.directory, "config.yaml")]);
    expect(out).toMatch(/ seen, by Three/);
    expect(out).toContain("withheld: sightings of it say false positive");
  });
});
