import { NEUTRAL } from "../../curation/score.ts";
import { expiry } from "../../curation/ttl.ts";
import type { Indicator } from "../../model/indicator.ts";
import type { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import { fingerprint, type TargetView } from "./step.ts";

/** An indicator that a target holds already, put there by another program. */
export interface Adopted extends Indicator {
  /** The time that its TTL counts from, Unix seconds. */
  reference: number;
}

const FACT = "adopted";

/**
 * Takes over what another program put into a target. Until MISP was read once it counts as wanted, since nothing is known
 * against it; then what MISP does not know of is judged like anything else, and goes.
 */
export class Adoption {
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #newest: Statement<{ revision: number | null }>;
  readonly #insert: Statement<never>;
  readonly #id: Statement<{ id: number }>;
  readonly #hold: Statement<never>;
  readonly #note: Statement<never>;
  readonly #noted: Statement<{ value: string }>;
  readonly #release: Statement<never>;
  readonly #unnote: Statement<never>;

  constructor(database: Database, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
    this.#newest = database.prepare("SELECT max(revision) AS revision FROM indicator");
    this.#insert = database.prepare(
      `INSERT INTO indicator (value, type, withheld, reference, score, parts, due, revision, since)
       VALUES (?, ?, NULL, ?, ${NEUTRAL}, '', NULL, ?, ?) ON CONFLICT (value, type) DO NOTHING`,
    );
    this.#id = database.prepare("SELECT id FROM indicator WHERE value = ? AND type = ?");
    this.#hold = database.prepare(
      "INSERT OR REPLACE INTO held (target, indicator, shown, since) SELECT id, ?, ?, ? FROM target WHERE name = ?",
    );
    this.#note = database.prepare("INSERT OR REPLACE INTO fact (name, value) VALUES (?, '1')");
    this.#noted = database.prepare("SELECT value FROM fact WHERE name = ?");
    this.#release = database.prepare(
      "UPDATE indicator SET due = 0 WHERE withheld IS NULL AND NOT EXISTS (SELECT 1 FROM support s WHERE s.indicator = indicator.id)",
    );
    this.#unnote = database.prepare("DELETE FROM fact WHERE name = ?");
  }

  /** For a new ledger alone, before it has heard anything. */
  adopt({ name, rules, shows }: TargetView, items: readonly Adopted[]): void {
    const now = this.#clock();
    this.#database.transaction(() => {
      let revision = this.#newest.get()?.revision ?? 0;
      for (const { type, value, reference } of items) {
        revision += 1;
        this.#insert.run(value, type, reference, revision, now);
        const expires = expiry(rules.ttl, type, reference);
        const shown = fingerprint(shows({ type, value, score: NEUTRAL, reference, expires, origins: [] }));
        const id = this.#id.get(value, type)?.id ?? 0;
        this.#hold.run(id, shown, now, name);
      }
      this.#note.run(FACT);
    });
  }

  /** MISP was read: what nothing holds up is to be judged. */
  release(): void {
    if (!this.#noted.get(FACT)) return;
    this.#database.transaction(() => {
      this.#release.run();
      this.#unnote.run(FACT);
    });
  }
}
