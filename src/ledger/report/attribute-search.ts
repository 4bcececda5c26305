import { setImmediate as nextTurn } from "node:timers/promises";
import type { AttributeRow } from "../attributes.ts";
import type { Database } from "../database/database.ts";

/** How many attributes one look goes through, and how many are named. */
const SLICE = 10_000;
const NAMED = 20;

/**
 * Attributes with exactly this value in MISP's writing. No index leads to them: all are looked through, in slices, between which
 * everything else goes on.
 */
export async function attributesWith(value: string, database: Database): Promise<AttributeRow[]> {
  const slice = database.prepare<{ last: number | null; ids: string }>(
    `SELECT max(id) AS last, json_group_array(id) FILTER (WHERE value = ?) AS ids
     FROM (SELECT id, value FROM attribute WHERE id > ? ORDER BY id LIMIT ${SLICE})`,
  );
  const ids: number[] = [];
  for (let after: number | null = 0; after !== null && ids.length < NAMED; await nextTurn()) {
    const found = slice.get(value, after);
    ids.push(...JSON.parse(found?.ids ?? "[]"));
    after = found?.last ?? null;
  }
  const attribute = database.prepare<AttributeRow>("SELECT * FROM attribute WHERE id = ?");
  return ids.slice(0, NAMED).flatMap((id) => attribute.get(id) ?? []);
}
