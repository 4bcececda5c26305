import { expect, onTestFinished, test } from "vitest";
import { IGNORANCE } from "../../src/curation/knowledge.ts";
import { Metrics } from "../../src/http/metrics.ts";
import { situationOf } from "../../src/http/situation.ts";
import { Sources } from "../../src/http/sources.ts";
import { MOST_BEHIND } from "../../src/ledger/report/pulse.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";

const standards = { protections: { of: () => () => null }, knowledge: () => IGNORANCE };

test("what a target may not hold, as a delivery failed half-way, is shown as in doubt, and counted for Prometheus", async () => {
  const gone = { type: "webhook", url: "http://127.0.0.1:1/", secret: `whsec_${btoa("s".repeat(32))}` };
  const courier = await RunningCourier.start({ targets: { gone } });
  onTestFinished(() => courier[Symbol.asyncDispose]());
  courier.publishDomains("a.example", "b.example");
  await eventually(async () => {
    using sources = new Sources(await courier.config(), Date.now, standards);
    const { targets } = await situationOf(sources, sources.pulse.look(), []);
    expect(targets).toMatchObject([{ name: "gone", held: 2, doubtful: 2, heldBack: 0 }]);
    expect(await new Metrics().text(sources)).toContain('misp_courier_target_in_doubt{target="gone"} 2\n');
  });
});

test("a lag that was counted no further is told from one that was counted out", async () => {
  const courier = await RunningCourier.start();
  onTestFinished(() => courier[Symbol.asyncDispose]());
  using sources = new Sources(await courier.config(), Date.now, standards);
  const lagging = async (by: number) => {
    const behind = new Map([["blocklists", by]]);
    return (await situationOf(sources, { ...sources.pulse.look(), behind }, [])).targets;
  };
  expect(await lagging(MOST_BEHIND)).toMatchObject([{ name: "blocklists", behind: MOST_BEHIND, beyond: true }]);
  expect(await lagging(MOST_BEHIND - 1)).toMatchObject([{ name: "blocklists", beyond: false }]);
});
