import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import { Database } from "../../src/ledger/database/database.ts";
import { aFolder } from "../support/a-folder.ts";

const built = (path: string) => fileURLToPath(new URL(`../../dist/ledger/database/${path}`, import.meta.url));

/** Writes 20,000 rows, fewer than SQLite copies by itself, and says how large the file was before, and once they were copied. */
const FLOOD = `
  import { statSync } from "node:fs";
  import { setTimeout as pause } from "node:timers/promises";
  const [module, file, end] = process.argv.slice(1);
  const { Database } = await import(module);
  const database = Database.open(file);
  const before = statSync(file).size;
  const keep = database.prepare("INSERT INTO fact (name, value) VALUES (?, ?)");
  const write = (first, rows) => database.transaction(() => {
    for (let number = first; number < first + rows; number += 1) keep.run(String(number), "x".repeat(200));
  });
  for (let first = 0; first < 20_000; first += 2_000) write(first, 2_000);
  if (end === "close at once") database.close();
  else {
    while (statSync(file).size < before + 2_000_000) await pause(10);
    if (end === "close") database.close();
    else if (end === "kill") process.kill(process.pid, "SIGKILL");
    else {
      write(20_000, 10_000);
      setTimeout(() => process.exit(3), 1);
    }
  }
`;

function flood(file: string, end: string): void {
  execFileSync(process.execPath, ["--input-type=module", "-e", FLOOD, built("database.js"), file, end], {
    timeout: 60_000,
  });
}

function rowsIn(file: string): unknown {
  const database = new DatabaseSync(file);
  try {
    return database
      .prepare("SELECT count(*) AS rows, (SELECT integrity_check FROM pragma_integrity_check) AS state FROM fact")
      .get();
  } finally {
    database.close();
  }
}

test("what a flood writes comes into the database file while it is open, and no log is left behind", () => {
  const file = join(aFolder(), "ledger.sqlite");
  flood(file, "close");
  expect([existsSync(`${file}-wal`), rowsIn(file)]).toEqual([false, { rows: 20_000, state: "ok" }]);
});

test("a ledger that is closed while much of it is still to be copied has all of it in one file", () => {
  const file = join(aFolder(), "ledger.sqlite");
  flood(file, "close at once");
  expect([existsSync(`${file}-wal`), rowsIn(file)]).toEqual([false, { rows: 20_000, state: "ok" }]);
});

test("killed while it is copied, nothing is lost", () => {
  const file = join(aFolder(), "ledger.sqlite");
  expect(() => flood(file, "kill")).toThrow("SIGKILL");
  expect(rowsIn(file)).toEqual({ rows: 20_000, state: "ok" });
});

test("a process that ends at once while it is copied is not aborted, and nothing is lost", () => {
  const file = join(aFolder(), "ledger.sqlite");
  expect(() => flood(file, "exit")).toThrow(expect.objectContaining({ status: 3, signal: null }));
  expect(rowsIn(file)).toEqual({ rows: 30_000, state: "ok" });
});

test("where no thread can begin, SQLite copies by itself", async () => {
  // The sources, which the tests run from, have no such file as a thread begins with.
  const file = join(aFolder(), "ledger.sqlite");
  const database = Database.open(file);
  const keep = database.prepare("INSERT INTO fact (name, value) VALUES (?, ?)");
  for (let first = 0; first < 20_000; first += 2_000) {
    database.transaction(() => {
      for (let number = first; number < first + 2_000; number += 1) keep.run(String(number), "x");
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  database.close();
  expect(rowsIn(file)).toEqual({ rows: 20_000, state: "ok" });
});
