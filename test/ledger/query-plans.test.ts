import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Attributes } from "../../src/ledger/attributes.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { Deltas } from "../../src/ledger/delta/deltas.ts";
import { Events } from "../../src/ledger/events.ts";
import { Indicators } from "../../src/ledger/indicators.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { SensorSightings } from "../../src/ledger/sensor-sightings.ts";
import { Sightings } from "../../src/ledger/sightings.ts";
import { aFolder } from "../support/a-folder.ts";

/** Those that no change asks for: to compare MISP's whole list of events, and when trust in an organisation is another. */
const WHOLE = [
  "SELECT id, uuid, listed FROM event",
  "SELECT id, uuid FROM event WHERE deleted = 0 AND listed = ''",
  "SELECT id FROM event WHERE creator_uuid = ?",
  // Once, when all targets are known.
  "UPDATE target SET rules = ''",
  // The rows of one step; the oldest rows, a bounded number; the reasons of what is held, two for each target at the most.
  "INSERT INTO audit",
  "DELETE FROM audit",
  "SELECT h.target, t.name, h.kind",
  "SELECT t.name AS target, group_concat(h.reason",
];

afterEach(() => vi.restoreAllMocks());

/** The statements that a table prepares, each with SQLite's plan for it. */
function plans(open: (database: Database) => unknown): { sql: string; plan: string }[] {
  const database = Database.open(join(aFolder(), "ledger.sqlite"));
  const prepare = vi.spyOn(Database.prototype, "prepare");
  open(database);
  const statements = prepare.mock.calls.map(([sql]) => sql);
  prepare.mockRestore();
  const planned = statements.map((sql) => {
    const steps = database.prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
    return { sql, plan: steps.map(({ detail }) => detail).join("; ") };
  });
  database.close();
  return planned;
}

const openDeltas = (database: Database) =>
  new Deltas(database, () => 0, { isDown: () => false, isValueDown: () => false, showsOrigins: false });

describe("what one change costs does not grow with the ledger: no statement reads a whole table, or sorts one", () => {
  test.for<[string, (database: Database) => unknown]>([
    ["indicators", (database) => new Indicators(database)],
    ["deltas", (database) => openDeltas(database)],
    ["attributes", (database) => new Attributes(database)],
    ["events", (database) => new Events(database)],
    ["sightings", (database) => new Sightings(database)],
    ["sightings of sensors", (database) => new SensorSightings(database)],
  ])("%s", ([, open]) => {
    const planned = plans(open).filter(({ sql }) => !WHOLE.some((whole) => sql.startsWith(whole)));
    expect(planned.length).toBeGreaterThan(3);
    expect(
      planned.filter(({ plan }) => /\bSCAN (?!CONSTANT ROW|json_each|\()|TEMP B-TREE FOR ORDER BY/.test(plan)),
    ).toEqual([]);
  });
});

test("to tell whether a target holds an indicator, and what its guard keeps back, no table is read as a whole", () => {
  const planned = plans((database) => {
    const report = new LedgerReport(database.file);
    for (const ask of [() => report.held("lists", 1), () => report.aside("lists", 1)]) ask();
    report[Symbol.dispose]();
  });
  const asked = planned.filter(({ sql }) => sql.includes("JOIN"));
  expect(asked).toHaveLength(2);
  expect(asked.filter(({ plan }) => /\bSCAN /.test(plan))).toEqual([]);
});

test("the next changes for a target come from the index of revisions, in its order", () => {
  const candidates = plans((database) => openDeltas(database)).find(({ sql }) => sql.includes("LEFT JOIN held"));
  expect(candidates?.plan).toContain("indicator_revision (revision>? AND revision<?)");
  expect(candidates?.plan).toContain("SEARCH h USING PRIMARY KEY (target=? AND indicator=?)");
});

test("what is due is found in the index of those whose time will come", () => {
  const due = plans((database) => new Indicators(database)).find(({ sql }) => sql.includes("due <= ?"));
  expect(due?.plan).toContain("indicator_due (due<?)");
});
