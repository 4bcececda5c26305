import { expect, test } from "vitest";
import { gather } from "../../src/delivery/gather.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { aView } from "../support/a-view.ts";

function aFilledLedger(): ALedger {
  const ledger = new ALedger();
  ledger.hear(
    heardEvent(),
    told(),
    told({ id: 2, eventId: 2 }),
    told({ id: 3, type: "domain|ip", value: "pair.example|198.51.100.7" }),
    told({ id: 4, value: "off.example", toIds: false }),
    { kind: "organisation", organisation: { id: 2, uuid: null, name: "Other" } },
  );
  ledger.published();
  return ledger;
}

test("the figures count what can be looked for, not pairs as such", () => {
  const summary = aFilledLedger().report((report) => report.summary());
  expect(summary).toMatchObject({ active: 3, withheld: { to_ids: 1 }, events: 2, attributes: 4, targets: [] });
});

test("of a target they tell what it holds and how far it is behind", async () => {
  const ledger = aFilledLedger();
  const { deltas } = ledger.ledger;
  deltas.register(aView());
  deltas.register(aView({ name: "other" }));
  const step = await gather(deltas, aView(), 2);
  deltas.begin(aView(), step);
  deltas.record(aView(), step, []);
  const { targets } = ledger.report((report) => report.summary());
  expect(targets).toMatchObject([
    { name: "lists", held: 2 },
    { name: "other", held: 0 },
  ]);
  expect(targets[1]?.lag).toBeGreaterThan(targets[0]?.lag ?? 0);
});

test("an indicator is told with all that holds it up, and why the rest does not", () => {
  const ledger = aFilledLedger();
  ledger.hear(sighted());
  ledger.report((report) => {
    const [row] = report.indicators(["bad.example", "bad.example"]);
    expect(row).toMatchObject({ type: "domain", withheld: "false_positive" });
    expect(report.supports(row?.id ?? 0)).toMatchObject([
      { support: { withheld: null }, attribute: { id: 1 }, event: { id: 1 } },
      { support: { withheld: "unpublished" }, attribute: { id: 2 }, event: { id: 2 } },
    ]);
    expect(report.sightings("bad.example")).toMatchObject([{ id: 1, organisation: 2 }]);
    expect(report.organisation(2)).toBe("Other");
  });
});

test("an attribute whose indicators have other values than its own is told with its event", async () => {
  using report = new LedgerReport(aFilledLedger().file);
  expect(await report.attributes("pair.example|198.51.100.7")).toMatchObject([
    { attribute: { id: 3 }, event: { id: 1 } },
  ]);
});
