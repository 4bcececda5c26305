import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/bench/catalog.ts";
import { median, percentile, rounded } from "../../src/bench/measure.ts";
import { readOptions } from "../../src/bench/options.ts";
import { figureNames, reportOf } from "../../src/bench/report.ts";
import { FULL, QUICK } from "../../src/bench/sizes.ts";
import { withTable } from "../../src/bench/table.ts";

const SURROUNDINGS = { machine: "1 × abacus", node: "v20.19.0", date: "2026-11-21T10:00:00.000Z" };
const report = reportOf({ "memory-start": { value: 101.234, runs: [101.234] } }, FULL, SURROUNDINGS);

describe("the report", () => {
  test("puts a figure beside what it is to reach, the peers, and how it was taken", () => {
    const { unit, target, peer, how } = catalog["memory-start"];
    expect(report.figures).toEqual({
      "memory-start": { value: 101, unit, target, peer, how: how(), runs: [101] },
    });
  });

  test("has null where there is nothing to reach and no peer", () => {
    const figures = reportOf({ "bare-cpu": { value: 15, runs: [15] } }, QUICK, SURROUNDINGS).figures;
    expect(figures["bare-cpu"]).toMatchObject({ target: null, peer: null });
  });
});

describe("the table", () => {
  const document =
    "# Before\n<!-- figures: npm run bench -- --table docs/BENCHMARKS.md -->\nfigures of old\n<!-- end of figures -->\nAfter\n";
  const taken = Object.fromEntries(figureNames.map((name, index) => [name, { value: index, runs: [index] }]));
  const whole = reportOf(taken, FULL, SURROUNDINGS);

  test("takes the place between its marks and names the machine", () => {
    const written = withTable(document, whole);
    expect(written).toMatch(/^# Before\n[\s\S]*<!-- end of figures -->\nAfter\n$/);
    expect(written).toContain("2026-11-21, Node v20.19.0, 1 × abacus.");
    expect(written).not.toContain("figures of old");
  });

  test("has a row for every figure", () => {
    const rows = rowsOf(withTable(document, whole));
    expect(rows).toHaveLength(figureNames.length);
    expect(rows[figureNames.indexOf("memory-start")]).toContain("** MB | ≤ 150 | MISP-Broker 200, Threat Bus 64 |");
  });

  test("stays as it is where a figure is missing", () => {
    expect(() => withTable(document, report)).toThrow("nothing was measured of flood-ratio-repeated, ");
  });

  test("is not written into a document that has no place for it", () => {
    expect(() => withTable("# Something else\n", whole)).toThrow("no place marked");
  });

  test("of this project has a number for every figure", () => {
    const rows = rowsOf(readFileSync("docs/BENCHMARKS.md", "utf8").split("<!-- figures")[1] ?? "");
    const titles = rows.filter((row) => /\*\*\d[\d.,]*\*\*/.test(row)).map((row) => row.split(" | ")[0]?.slice(2));
    expect(titles).toEqual(figureNames.map((name) => catalog[name].title));
  });

  function rowsOf(written: string): string[] {
    const table = written.split("<!-- end of figures")[0] ?? "";
    return table
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(2);
  }
});

describe("the command line", () => {
  test("asks for everything in full unless it says otherwise", () => {
    expect(readOptions([])).toMatchObject({ sizes: FULL, table: undefined });
    expect(readOptions(["--quick", "--only", "flood,thumb"])).toEqual({
      sizes: QUICK,
      only: ["flood", "thumb"],
      table: undefined,
    });
  });

  test("takes the largest ledger, too, for the table", () => {
    const { table, sizes, only } = readOptions(["--table", "x.md"]) ?? {};
    expect({ table, ledgers: sizes?.change.ledgers }).toEqual({
      table: "x.md",
      ledgers: [10_000, 1_000_000, 5_000_000],
    });
    expect(only).toEqual(readOptions([])?.only);
  });

  test("can ask for one more ledger", () => {
    expect(readOptions(["--largest", "5000000"])?.sizes.change.ledgers).toEqual([10_000, 1_000_000, 5_000_000]);
  });

  test.each([
    ["--only", "everything"],
    ["--largest", "many"],
    ["--fast"],
    ["flood"],
    ["--table", "x.md", "--quick"],
    ["--table", "x.md", "--only", "thumb"],
    ["--table", "x.md", "--largest", "10"],
  ])("does not take %s %s %s %s", (...words) => {
    expect(readOptions(words)).toBeUndefined();
  });
});

test("of measurements the middle one counts, the share that is asked for, and three digits", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([percentile(hundred, 0.99), percentile([7], 0.5), percentile([], 0.5)]).toEqual([99, 7, Number.NaN]);
  expect([rounded(1234.5), rounded(123_456), rounded(0.123_45)]).toEqual([1230, 123_456, 0.123]);
});
