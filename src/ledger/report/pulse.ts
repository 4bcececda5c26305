import type { Reason } from "../../model/verdict.ts";
import { type BlindSpell, newestSpells } from "../blind-spells.ts";
import { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import { CAUGHT_UP, HEARD, HEARD_AT, UNREADABLE } from "../facts.ts";
import { type SensorFigures, SensorSightings } from "../sensor-sightings.ts";

/** How a ledger is doing, as far as that can be told every second, whatever its size. Times are milliseconds, 0: never. */
export interface Pulse {
  heard: number;
  unreadable: number;
  heardAt: number;
  caughtUp: number;
  /** The revision of the newest decision: how many there were. */
  revision: number;
  /** The newest blind spells, the newest first. */
  spells: BlindSpell[];
  /** How many changes each target has not got yet, with what it is told again, such as all that it lost; counted as far as `MOST_BEHIND`. */
  behind: ReadonlyMap<string, number>;
  /** What sensors saw. */
  sensed: SensorFigures;
}

/** What became of one indicator, newly judged. */
export interface Decision {
  type: string;
  value: string;
  withheld: Reason | null;
  score: number;
  /** When its standing last changed, milliseconds. */
  since: number;
  revision: number;
}

/** Targets that lag further behind are not counted out: that would be work for nothing. */
export const MOST_BEHIND = 100_000;
const SPELLS = 12;

/** Looks at a ledger beside the courier that writes it. */
export class LedgerPulse implements Disposable {
  readonly #database: Database;
  readonly #fact: Statement<{ value: string }>;
  readonly #newest: Statement<{ revision: number | null }>;
  readonly #spells: (count: number) => BlindSpell[];
  readonly #behind: Statement<{ name: string; behind: number }>;
  readonly #decisions: Statement<Decision>;

  /** @throws StateMissing when there is no ledger at `file` */
  constructor(file: string) {
    this.#database = Database.read(file);
    this.#fact = this.#database.prepare("SELECT value FROM fact WHERE name = ?");
    this.#newest = this.#database.prepare("SELECT max(revision) AS revision FROM indicator");
    this.#spells = newestSpells(this.#database);
    this.#behind = this.#database.prepare(
      `SELECT name, (SELECT count(*) FROM (
         SELECT 1 FROM indicator WHERE revision > position
         UNION ALL SELECT 1 FROM again WHERE again.target = target.id LIMIT ${MOST_BEHIND}
       )) AS behind
       FROM target`,
    );
    this.#decisions = this.#database.prepare(
      `SELECT type, value, withheld, score, since, revision FROM indicator
       WHERE revision > ? ORDER BY revision DESC LIMIT ?`,
    );
  }

  look(): Pulse {
    return {
      heard: this.#number(HEARD),
      unreadable: this.#number(UNREADABLE),
      heardAt: this.#number(HEARD_AT),
      caughtUp: this.#number(CAUGHT_UP),
      revision: this.#newest.get()?.revision ?? 0,
      spells: this.#spells(SPELLS),
      behind: new Map(this.#behind.all().map(({ name, behind }) => [name, behind])),
      sensed: SensorSightings.figures(this.#database),
    };
  }

  /** The newest decisions after a revision, the newest first. */
  decisions(after: number, limit: number): Decision[] {
    return this.#decisions.all(after, limit);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #number(fact: string): number {
    return Number(this.#fact.get(fact)?.value ?? 0);
  }
}
