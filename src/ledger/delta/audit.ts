import type { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";

/** What was done for a target, or not done. */
export type Deed = "add" | "renew" | "remove" | "hold" | "release" | "discard";

/** One thing that was done, to be kept on record. */
export interface Done {
  indicator: number;
  what: Deed;
  /** Of a removal or a hold: the reason against the indicator. */
  why: string;
  /** What the target refused it with; empty: it was taken. */
  answer: string;
}

/** How much is kept: the newest rows, for so many milliseconds. */
export const KEPT = { rows: 1_000_000, time: 90 * 86_400_000 };

/** After so many rows the old end is looked at; as many may be forgotten at once. */
const SWEEP = 10_000;

/** The record of what was done; written within the transaction that does it. */
export class Audit {
  readonly #insert: Statement<never>;
  readonly #forget: Statement<never>;
  #written = SWEEP;

  constructor(database: Database) {
    // One statement for all that was done alike: what is added to a long list must not cost a call each.
    this.#insert = database.prepare(
      `INSERT INTO audit (at, target, indicator, attribute, what, why, answer)
       SELECT ?1, ?2, j.value, (SELECT max(s.attribute) FROM support s WHERE s.indicator = j.value), ?3, ?4, ?5
       FROM json_each(?6) j`,
    );
    this.#forget = database.prepare(
      `DELETE FROM audit WHERE id IN (
         SELECT id FROM (SELECT id, at FROM audit ORDER BY id LIMIT ${2 * SWEEP})
         WHERE at < ?1 OR id <= (SELECT max(id) FROM audit) - ${KEPT.rows})`,
    );
  }

  /** @param at milliseconds */
  note(target: number, done: readonly Done[], at: number): void {
    if (done.length === 0) return;
    for (const [{ what, why, answer }, ids] of alike(done)) {
      this.#insert.run(at, target, what, why, answer, JSON.stringify(ids));
    }
    this.#written += done.length;
    if (this.#written < SWEEP) return;
    this.#written = 0;
    this.#forget.run(at - KEPT.time);
  }
}

/** The indicators with which the same was done. */
function alike(done: readonly Done[]): [Done, number[]][] {
  const groups = new Map<string, [Done, number[]]>();
  for (const deed of done) {
    const name = `${deed.what} ${deed.why} ${deed.answer}`;
    const group = groups.get(name);
    if (group) group[1].push(deed.indicator);
    else groups.set(name, [deed, [deed.indicator]]);
  }
  return [...groups.values()];
}
