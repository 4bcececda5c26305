import { Database } from "../database/database.ts";
import type { Deed } from "../delta/audit.ts";
import { uuidIn } from "../recorded.ts";

/** One deed on record, with what is known of it. Times are milliseconds. */
export interface AuditRow {
  at: number;
  /** `null`: MISP itself, by curation. */
  target: string | null;
  what: Deed | "misp";
  type: string | null;
  value: string | null;
  why: string;
  answer: string;
  attribute: number | null;
  event: string | null;
  /** The creator of that event. */
  organisation: string | null;
  /** Who gave the thumb, where one was the reason. */
  sightedBy: string | null;
}

const DEEDS = `
  SELECT u.at, t.name AS target, u.what, i.type, i.value, u.why, u.answer, u.attribute, e.uuid AS event,
         e.creator_name AS organisation,
         CASE WHEN u.why IN ('false_positive', 'expired_sighting') THEN (
           SELECT coalesce(o.name, 'organisation ' || g.organisation) FROM sighting g
           LEFT JOIN organisation o ON o.id = g.organisation
           WHERE g.value = i.value AND g.type = CASE u.why WHEN 'false_positive' THEN 1 ELSE 2 END AND g.date * 1000 <= u.at
           ORDER BY g.date DESC LIMIT 1) END AS sightedBy
  FROM audit u LEFT JOIN target t ON t.id = u.target LEFT JOIN indicator i ON i.id = u.indicator
  LEFT JOIN attribute a ON a.id = u.attribute LEFT JOIN event e ON e.id = a.event`;

const WRITES = `
  SELECT w.at, NULL AS target, 'misp' AS what, NULL AS type, NULL AS value,
         w.step || CASE WHEN w.tag IS NULL THEN '' ELSE ' ' || w.tag END AS why, w.answer, NULL AS attribute,
         w.event, e.creator_name AS organisation, NULL AS sightedBy
  FROM misp_write w LEFT JOIN event e ON e.uuid = w.event`;

/** Reads the record of what was done, beside a running courier or without one. */
export class AuditReport implements Disposable {
  readonly #database: Database;

  /** @throws StateMissing when there is no ledger at `file` */
  constructor(file: string) {
    this.#database = Database.read(file);
  }

  /** All that was done with indicators of these values, and to MISP's events that hold them up; the oldest first. */
  of(values: readonly string[]): AuditRow[] {
    const wanted = JSON.stringify([...new Set(values)]);
    const ids = "SELECT id FROM indicator WHERE value IN (SELECT value FROM json_each(?1))";
    const deeds = this.#all(`${DEEDS} WHERE u.indicator IN (${ids}) ORDER BY u.id`, wanted);
    const events = `SELECT DISTINCT e.uuid FROM support s JOIN attribute a ON a.id = s.attribute JOIN event e ON e.id = a.event
                    WHERE s.indicator IN (${ids})`;
    return merged(deeds, this.#all(`${WRITES} WHERE w.event IN (${events}) ORDER BY w.id`, wanted));
  }

  /** All that was done since then, the oldest first. */
  since(at: number): AuditRow[] {
    // Both tables grow in the order of time, so that their end is found without an index.
    const after = (table: string) => `(coalesce((SELECT id FROM ${table} WHERE at < ?1 ORDER BY id DESC LIMIT 1), 0))`;
    const deeds = this.#all(`${DEEDS} WHERE u.id > ${after("audit")} ORDER BY u.id`, at);
    return merged(deeds, this.#all(`${WRITES} WHERE w.id > ${after("misp_write")} ORDER BY w.id`, at));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #all(sql: string, parameter: string | number): AuditRow[] {
    const rows = this.#database.prepare<AuditRow>(sql).all(parameter);
    return rows.map((row) => ({ ...row, event: row.event && uuidIn(row.event) }));
  }
}

function merged(one: readonly AuditRow[], other: readonly AuditRow[]): AuditRow[] {
  if (other.length === 0) return [...one];
  return [...one, ...other].sort((first, second) => first.at - second.at);
}
