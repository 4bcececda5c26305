import type { Indicator } from "../../model/indicator.ts";
import type { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";

/** Changes of one kind that a guard kept from a target and a person has discarded: the target stays as it is. */
export interface Discarded {
  target: string;
  kind: "add" | "remove";
  count: number;
  /** Of removals: how many there are for each reason against an indicator. */
  why: Record<string, number>;
  samples: Indicator[];
}

/** The same, while they wait for a person's decision. */
export interface Hold extends Discarded {
  /** Milliseconds. */
  since: number;
  /** Why, when it began: how many there were then, while {@link count} follows what is put right and what is added. */
  reason: string;
}

interface Kept {
  target: number;
  name: string;
  kind: Discarded["kind"];
}

/** How many of them are named. */
const SAMPLES = 10;

/** What the guards keep aside, as a person is shown it. */
export class HoldLists {
  readonly #held: Statement<Kept & { since: number; reason: string }>;
  readonly #database: Database;
  readonly #counts: Statement<{ why: string; count: number }>;
  readonly #samples: Statement<Indicator>;

  constructor(database: Database) {
    this.#database = database;
    this.#held = database.prepare(
      `SELECT h.target, t.name, h.kind, h.since, h.reason FROM hold h CROSS JOIN target t ON t.id = h.target
       ORDER BY h.target, h.kind`,
    );
    this.#counts = database.prepare(
      "SELECT why, count(*) AS count FROM aside WHERE target = ? AND kind = ? AND state = ? GROUP BY why",
    );
    this.#samples = database.prepare(
      `SELECT i.type, i.value FROM aside s CROSS JOIN indicator i ON i.id = s.indicator
       WHERE s.target = ? AND s.kind = ? AND s.state = ? LIMIT ${SAMPLES}`,
    );
  }

  /** Those that wait for a person's decision. */
  held(): Hold[] {
    return this.#held.all().map(({ since, reason, ...kept }) => {
      const { target, kind, ...rest } = this.#shown(kept, "held");
      return { target, kind, since, reason, ...rest };
    });
  }

  /** Those that were discarded, and of which nothing else was said since. */
  discarded(): Discarded[] {
    const all = this.#database.prepare<Kept>(
      `SELECT DISTINCT s.target, t.name, s.kind FROM aside s CROSS JOIN target t ON t.id = s.target
       WHERE s.state = 'discarded' ORDER BY s.target, s.kind`,
    );
    return all.all().map((kept) => this.#shown(kept, "discarded"));
  }

  #shown({ target, name, kind }: Kept, state: "held" | "discarded"): Discarded {
    const why = this.#counts.all(target, kind, state);
    return {
      target: name,
      kind,
      count: why.reduce((sum, { count }) => sum + count, 0),
      why: kind === "remove" ? Object.fromEntries(why.map((row) => [row.why, row.count])) : {},
      samples: this.#samples.all(target, kind, state),
    };
  }
}
