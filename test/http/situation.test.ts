import { expect, onTestFinished, test } from "vitest";
import { IGNORANCE } from "../../src/curation/knowledge.ts";
import { situationOf } from "../../src/http/situation.ts";
import { Sources } from "../../src/http/sources.ts";
import { MOST_BEHIND } from "../../src/ledger/pulse.ts";
import { RunningCourier } from "../support/running-courier.ts";

test("a lag that was counted no further is told from one that was counted out", async () => {
  const courier = await RunningCourier.start();
  onTestFinished(() => courier[Symbol.asyncDispose]());
  using sources = new Sources(await courier.config(), Date.now, {
    protections: { of: () => () => null },
    knowledge: () => IGNORANCE,
  });
  const lagging = async (by: number) => {
    const behind = new Map([["blocklists", by]]);
    return (await situationOf(sources, { ...sources.pulse.look(), behind }, [])).targets;
  };
  expect(await lagging(MOST_BEHIND)).toMatchObject([{ name: "blocklists", behind: MOST_BEHIND, beyond: true }]);
  expect(await lagging(MOST_BEHIND - 1)).toMatchObject([{ name: "blocklists", beyond: false }]);
});
