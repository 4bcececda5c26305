import { join } from "node:path";
import { expect, test } from "vitest";
import { openLedger } from "../../src/courier/open-ledger.ts";
import { load, MINIMAL } from "../config/configuration.ts";
import { aFolder } from "../support/a-folder.ts";

/** Whether everything is judged again with a target of these settings, where one without a filter was there before. */
function judgedAgainWith(settings: string): boolean {
  const file = join(aFolder(), "ledger.sqlite");
  const opened = (of: string) =>
    openLedger(load(`${MINIMAL}targets: {b: {type: csv, directory: ./b${of}}}\n`), file, Date.now);
  {
    using before = opened("");
    while (before.review().more);
  }
  using after = opened(settings);
  return after.isReviewing;
}

test("everything is judged again for the first target that filters: what it sees runs out at other times", () => {
  expect(judgedAgainWith(", filter: [{orgs: [CIRCL]}]")).toBe(true);
  expect(judgedAgainWith(", batch: 10")).toBe(false);
});
