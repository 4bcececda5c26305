import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

const DAY = 86_400;
const AGE = 12 * DAY;
const FRIEND = { name: "Friends", uuid: "7c9b4a2e-1111-4b6e-9d2e-5d5d5d5d5d5d" };
const LISTS = {
  friends: { type: "string", list: [`org_uuid:${FRIEND.uuid}`] },
  "popular sites": { type: "hostname", matching_attributes: ["domain"], list: ["scored.example"] },
};

let courier: RunningCourier;

/** One indicator of which everything is known that a score may be made of. */
async function start(): Promise<void> {
  const directory = aFolder();
  for (const [name, list] of Object.entries(LISTS)) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, "list.json"), JSON.stringify({ name, version: 1, description: "", ...list }));
  }
  courier = await RunningCourier.start({
    curation: { trust: [{ list: "friends", score: 80 }] },
    warninglists: { directory, roles: { "popular sites": { lower: 10 } } },
    indicators: {
      sightings: { false_positive: { orgs: 2, trusted: 1 } },
      decay: { domain: { lifetime: "120d", speed: 2 } },
    },
    targets: {
      careful: { type: "csv", directory: "./careful", min_score: 50 },
      blocklists: { type: "csv", directory: "./lists", min_score: 40 },
    },
  });
  const { misp } = courier;
  const timestamp = Math.floor(Date.now() / 1000) - AGE;
  const attribute = { type: "domain", value: "scored.example", timestamp };
  const tags = ['admiralty-scale:source-reliability="b"', 'false-positive:risk="low"'];
  const { attributes } = misp.pullFromServer({ organisation: FRIEND, info: "Campaign", tags, attributes: [attribute] });
  await courier.listed("domain", "scored.example");
  const sighted = attributes[0]?.id ?? 0;
  const [partner, doubter] = ["Partner", "Doubter"].map((name) => misp.addOrganisation({ name }).id);
  for (const organisation of [1, partner ?? 0]) misp.sight(sighted, { organisation, date: timestamp });
  misp.sight(sighted, { type: SightingType.falsePositive, organisation: doubter ?? 0, date: timestamp });
}

afterEach(() => courier[Symbol.asyncDispose]());

test("explain shows the parts of a score, each with its points and its reason, and what they come to at each target", async () => {
  await start();
  await eventually(async () => {
    const { out } = await call(["explain", "scored.example", "--config", join(courier.directory, "config.yaml")]);
    const shown = out.split("\n").map((line) => line.trim());
    expect(shown.slice(1, 9)).toEqual([
      expect.stringMatching(/^active \(since .*\), score 49$/),
      "+50  neutral: where every indicator begins",
      "+18  organisation: Friends (friends) has trust 80",
      '+15  tags: admiralty-scale:source-reliability="b" is worth 75, false-positive:risk="low" is worth 75',
      "-2  sightings: seen by 2, called false by 1 organisations",
      "-10  warninglists: popular sites",
      "-22  decay: 12 days old",
      "held up by:",
    ]);
    expect(out).toContain("blocklists: holds it since");
    expect(out).toContain("careful: does not hold it, is not to hold it: its score is under the minimum");
  });
});

test("explain names the warninglists that withhold a value, and what in them matches", async () => {
  courier = await RunningCourier.start();
  const config = join(courier.directory, "config.yaml");
  courier.misp.setWarninglist({
    ...{ id: 7, name: "popular sites", type: "hostname", enabled: true },
    ...{ matchingAttributes: ["domain", "domain|ip"], list: ["popular.example"] },
  });
  const event = courier.misp.addEvent({
    info: "Campaign",
    attributes: [
      { type: "domain", value: "www.popular.example" },
      { type: "domain|ip", value: "www.popular.example|198.51.100.7" },
    ],
  });
  courier.misp.publish(event.id);
  await eventually(async () => {
    const { out } = await call(["explain", "www.popular.example", "--config", config]);
    const why = "does not qualify: a warninglist of role block matches it: popular sites (popular.example)";
    expect(out.split(why)).toHaveLength(3);
  });
  const { out } = await call(["explain", "www.popular.example", "--json", "--config", config]);
  const [{ supports }] = JSON.parse(out).indicators;
  for (const { warninglists } of supports) expect(warninglists).toEqual(["popular sites (popular.example)"]);
});
