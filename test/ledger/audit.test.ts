import { join } from "node:path";
import { expect, test } from "vitest";
import { Database } from "../../src/ledger/database/database.ts";
import { Audit, KEPT } from "../../src/ledger/delta/audit.ts";
import { AuditReport } from "../../src/ledger/report/audit-report.ts";
import { aFolder } from "../support/a-folder.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { ATarget, refusing } from "../support/a-target.ts";

test("a deed is on record with the target's answer", async () => {
  const ledger = new ALedger();
  ledger.hear(heardEvent());
  ledger.published();
  ledger.hear(told({ id: 1, value: "taken.example" }), told({ id: 2, value: "refused.example" }));
  const { lane } = await ALane.open(ledger, new ATarget(refusing("refused.example")));
  lane.wake();
  await until(() => ledger.ledger.deltas.lag("lists") === 0);
  using report = new AuditReport(ledger.file);
  expect(report.of(["taken.example"])).toMatchObject([
    { at: ledger.now, target: "lists", what: "add", answer: "", attribute: 1, organisation: expect.any(String) },
  ]);
  expect(report.of(["refused.example"])).toMatchObject([{ what: "add", answer: "cannot be told", attribute: 2 }]);
  expect(report.since(ledger.now)).toHaveLength(2);
  expect(report.since(ledger.now + 1)).toEqual([]);
});

test("what was written to MISP is on record beside it", async () => {
  const ledger = new ALedger();
  ledger.ledger.curated.wrote("6f1d", { do: "attach", tag: "t" }, "done");
  using report = new AuditReport(ledger.file);
  await until(() => report.since(0).length > 0);
  expect(report.since(0)).toMatchObject([{ what: "misp", target: null, event: "6f1d", answer: "done" }]);
});

test("the record is bounded by age: the old end is forgotten, and only that", () => {
  const file = join(aFolder(), "ledger.sqlite");
  const database = Database.open(file);
  const audit = new Audit(database);
  const done = Array.from({ length: 10_000 }, () => ({ indicator: 1, what: "add", why: "", answer: "" }) as const);
  for (let round = 0; round < 3; round += 1) audit.note(1, done, 1_000 + round);
  audit.note(1, done, 1_002 + KEPT.time);
  using report = new AuditReport(file);
  const rows = report.since(0);
  expect(rows).toHaveLength(20_000);
  expect(rows[0]?.at).toBe(1_002);
  database.close();
});
