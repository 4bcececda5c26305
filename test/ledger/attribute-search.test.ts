import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { Database } from "../../src/ledger/database/database.ts";
import { attributesWith } from "../../src/ledger/report/attribute-search.ts";
import { aFolder } from "../support/a-folder.ts";

const MANY = 45_000;

/** Attributes with every other number; each thousandth has a value that makes no indicator. */
function aLargeLedger(): Database {
  const database = Database.open(join(aFolder(), "ledger.sqlite"));
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MANY})`;
  const value = "CASE WHEN n % 1000 = 0 THEN 'not a domain' ELSE n || '.example' END";
  const insert = database.prepare(
    `INSERT INTO attribute SELECT 2 * n, 'uuid-' || n, 1, 'domain', ${value}, '', 1, 0, '', 1, NULL, NULL, 5, '[]', 0, NULL
     FROM (${numbers} SELECT n FROM numbers)`,
  );
  insert.run();
  return database;
}

test("attributes are found by their value wherever they are, twenty at the most", async () => {
  const database = aLargeLedger();
  expect(await attributesWith(`${MANY - 1}.example`, database)).toMatchObject([{ id: 2 * (MANY - 1), type: "domain" }]);
  expect(await attributesWith("unheard.example", database)).toEqual([]);
  const same = await attributesWith("not a domain", database);
  expect(same.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => 2_000 * (n + 1)));
  database.close();
});

test("while all are looked through everything else goes on", async () => {
  const database = aLargeLedger();
  let [searches, turns] = [true, 0];
  const found = attributesWith("unheard.example", database).finally(() => {
    searches = false;
  });
  for (; searches; turns += 1) await nextTurn();
  expect(await found).toEqual([]);
  expect(turns).toBeGreaterThanOrEqual(MANY / 10_000);
  database.close();
});
