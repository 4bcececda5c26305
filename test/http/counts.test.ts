import { join } from "node:path";
import { expect, test } from "vitest";
import { Counts } from "../../src/http/counts.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { aFolder } from "../support/a-folder.ts";

test("that a guard holds something, or nothing any more, is seen at once, and how much it is not counted with each look", () => {
  const file = join(aFolder(), "ledger.sqlite");
  const database = Database.open(file);
  const hold = (indicator: number) =>
    database
      .prepare(
        "INSERT INTO aside (target, indicator, kind, why, state, revision, since) VALUES (1, ?, 'add', '', 'held', 1, 0)",
      )
      .run(indicator);
  database.prepare("INSERT INTO target (name, rules, place, position) VALUES ('lists', '', '', 0)").run();
  using report = new LedgerReport(file);
  const counts = new Counts(report);
  expect(counts.holds).toEqual([]);
  hold(1);
  database.prepare("INSERT INTO hold (target, kind, since, reason) VALUES (1, 'add', 0, 'too many')").run();
  expect(counts.holds).toMatchObject([{ target: "lists", count: 1 }]);
  hold(2);
  expect(counts.holds).toMatchObject([{ target: "lists", count: 1 }]);
  database.prepare("DELETE FROM hold").run();
  expect(counts.holds).toEqual([]);
  database.close();
});
