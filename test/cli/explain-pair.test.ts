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
    expect(out).toMatch(/\(domain\|ip\) .*\n.* false positive, by .*\n +does not qualify: the newest sighting of it/);
    expect(out).toMatch(/\(domain\) .*\n +qualifies/);
    expect(out).toContain("pairs: does not hold it, is not to hold it: no filter rule admits it");
    expect(out).toContain("blocklists: holds it");
  },
);
