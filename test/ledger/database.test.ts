import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { Database } from "../../src/ledger/database/database.ts";
import { SCHEMA } from "../../src/ledger/database/schema.sql.ts";
import { UPGRADES } from "../../src/ledger/database/upgrades.sql.ts";
import { StateDamaged, StateMissing } from "../../src/state/damaged.ts";
import { aFolder } from "../support/a-folder.ts";

/** A file that SQLite has made with these statements. */
function databaseWith(sql: string): string {
  const file = join(aFolder(), "ledger.sqlite");
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
  return file;
}

/** The complaint about a file that cannot be opened; it names the file and the way out. */
function complaint(open: () => Database, file: string): string {
  try {
    open().close();
  } catch (error) {
    if (!(error instanceof StateDamaged)) throw error;
    expect(error.message).toContain(file);
    return error.message;
  }
  throw new Error("it was opened");
}

describe("what is no ledger is refused, untouched", () => {
  test("a file that is no database", () => {
    const file = join(aFolder(), "ledger.sqlite");
    writeFileSync(file, "value\nbad.example\n".repeat(500));
    for (const open of [Database.open, Database.read]) {
      expect(complaint(() => open(file), file)).toMatch(/backup.*move it away/);
    }
    expect(readFileSync(file, "utf8")).toBe("value\nbad.example\n".repeat(500));
  });

  test("a ledger of a newer version of this program", () => {
    const file = databaseWith("CREATE TABLE indicator (id); PRAGMA user_version = 1000");
    for (const open of [Database.open, Database.read]) {
      expect(complaint(() => open(file), file)).toMatch(/1000.*Use the version.*or move the file away/);
    }
  });

  test.for([0, 1])("somebody else's database, whose version is %d", (version) => {
    const file = databaseWith(`CREATE TABLE person (name); PRAGMA user_version = ${version}`);
    expect(complaint(() => Database.open(file), file)).toMatch(/not a ledger. Move it away/);
  });

  test("a folder", () => {
    const folder = aFolder();
    expect(complaint(() => Database.open(folder), folder)).toContain("cannot be opened");
  });
});

test("reading what is not there says so, and makes nothing", () => {
  const file = join(aFolder(), "ledger.sqlite");
  expect(() => Database.read(file)).toThrow(
    new StateMissing(`${file} does not exist: has the courier run with this configuration?`),
  );
  expect(() => statSync(file)).toThrow("ENOENT");
});

test("a new ledger is for nobody else's eyes, and neither is what SQLite keeps beside it", () => {
  const file = join(aFolder(), "state", "ledger.sqlite");
  const database = Database.open(file);
  database.prepare("INSERT INTO fact (name, value) VALUES ('a', 'b')").run();
  for (const path of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(path).mode & 0o077).toBe(0);
  expect(statSync(dirname(file)).mode & 0o077).toBe(0);
  database.close();
});

test("an operator's own permissions of an old ledger stay", () => {
  const file = join(aFolder(), "ledger.sqlite");
  Database.open(file).close();
  chmodSync(file, 0o640);
  Database.open(file).close();
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

test("it is read beside the one who writes it, who cannot be disturbed by that", () => {
  const file = join(aFolder(), "ledger.sqlite");
  const writer = Database.open(file);
  const reader = Database.read(file);
  const facts = reader.prepare<{ count: number }>("SELECT count(*) AS count FROM fact");
  writer.transaction(() => {
    writer.prepare("INSERT INTO fact (name, value) VALUES ('a', 'b')").run();
    expect(facts.get()).toEqual({ count: 0 });
  });
  expect(facts.get()).toEqual({ count: 1 });
  expect(() => reader.prepare("DELETE FROM fact").run()).toThrow(/readonly/);
  reader.close();
  writer.close();
});

test("a long list has the rows of the query, with all that they can hold, in its order", () => {
  const database = Database.open(join(aFolder(), "ledger.sqlite"));
  const put = database.prepare("INSERT INTO indicator VALUES (?, ?, 'domain', ?, 0, ?, '', ?, ?, ?)");
  const texts = ["plain", "", 'quo"ted, [1] {"a": null}', "back\\slash\nline\u2028\u0001", "Zürich 💥"];
  for (const [index, text] of texts.entries())
    put.run(index + 1, text, index % 2 ? "expired" : null, 2 ** 53 - 1, null, 5 - index, -1.5);
  for (const order of ["id", "revision", "value DESC"]) {
    const query = database.prepare(`SELECT *, id + 1 AS next FROM indicator WHERE id > ?1 ORDER BY ${order} LIMIT ?2`);
    expect(query.list(0, 10)).toEqual(query.all(0, 10).map((row) => ({ ...(row as object) })));
    expect(query.list(0, 2)).toHaveLength(2);
    expect(query.list(9, 10)).toEqual([]);
  }
  database.close();
});

test("a transaction is saved as a whole, or not at all", () => {
  const database = Database.open(join(aFolder(), "ledger.sqlite"));
  const put = database.prepare("INSERT INTO fact (name, value) VALUES (?, ?)");
  const work = () => {
    put.run("a", "b");
    throw new Error("in the middle");
  };
  expect(() => database.transaction(work)).toThrow("in the middle");
  expect(database.prepare("SELECT * FROM fact").all()).toEqual([]);
  database.transaction(() => put.run("a", "b"));
  expect(database.prepare("SELECT * FROM fact").all()).toEqual([{ name: "a", value: "b" }]);
  database.close();
});

describe("a ledger of an older version", () => {
  const OLD = { schema: "CREATE TABLE indicator (value TEXT)", upgrades: [] };
  const TWO_LATER = {
    schema: "CREATE TABLE indicator (value TEXT, score INTEGER, since INTEGER)",
    upgrades: [
      "ALTER TABLE indicator ADD COLUMN score INTEGER; UPDATE indicator SET score = 50",
      "ALTER TABLE indicator ADD COLUMN since INTEGER; UPDATE indicator SET since = score + 1",
    ],
  };

  const THIRD = `
    CREATE TABLE indicator (id);
    CREATE TABLE attribute (
      id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, event INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL,
      category TEXT NOT NULL, to_ids INTEGER NOT NULL, deleted INTEGER NOT NULL, comment TEXT NOT NULL,
      timestamp INTEGER NOT NULL, first_seen INTEGER, last_seen INTEGER, distribution INTEGER NOT NULL, tags TEXT NOT NULL,
      heard INTEGER NOT NULL, score INTEGER
    );
    CREATE INDEX attribute_event ON attribute (event, id);`;

  function anOldOne(): string {
    const file = join(aFolder(), "ledger.sqlite");
    const database = Database.open(file, OLD);
    database.prepare("INSERT INTO indicator VALUES ('a.example')").run();
    database.close();
    return file;
  }

  test("is brought up to date step by step, with what it holds, and only once", () => {
    const file = anOldOne();
    for (const _ of ["first", "second"]) {
      const database = Database.open(file, TWO_LATER);
      const rows = database.prepare("SELECT * FROM indicator").all();
      expect(rows).toEqual([{ value: "a.example", score: 50, since: 51 }]);
      expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 3 });
      database.close();
    }
  });

  test("of the third version has the attributes that it had, in a table like that of a new one", () => {
    const file = join(aFolder(), "ledger.sqlite");
    const former = Database.open(file, { schema: THIRD, upgrades: UPGRADES.slice(0, 2) });
    const put = former.prepare(
      `INSERT INTO attribute VALUES (?, ?, 7, 'domain', 'a.example', 'Network activity', 1, 0, '', 9, NULL, 8, 5, '[]', 3, NULL)`,
    );
    for (const id of [2, 1]) put.run(id, `uuid-${id}`);
    const before = former.prepare("SELECT * FROM attribute").all();
    former.close();
    const upgraded = Database.open(file, { schema: SCHEMA, upgrades: UPGRADES.slice(0, 3) });
    expect(upgraded.prepare("SELECT * FROM attribute").all()).toEqual(before);
    const fresh = Database.open(join(aFolder(), "ledger.sqlite"));
    for (const pragma of ["table_info", "index_list"]) {
      const described = (database: Database) => database.prepare(`PRAGMA ${pragma}(attribute)`).all();
      expect(described(upgraded)).toEqual(described(fresh));
    }
    upgraded.close();
    fresh.close();
  });

  test("stays as it was when a step fails", () => {
    const file = anOldOne();
    const failing = { ...TWO_LATER, upgrades: [...TWO_LATER.upgrades.slice(0, 1), "NO SUCH STATEMENT"] };
    expect(() => Database.open(file, failing)).toThrow("syntax error");
    const database = Database.open(file, OLD);
    expect(database.prepare("SELECT * FROM indicator").all()).toEqual([{ value: "a.example" }]);
    database.close();
  });
});
