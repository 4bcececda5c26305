import { counted } from "../model/counted.ts";
import type { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";

/** A time in which MISP's feed could not be heard, or may have lost something. Times are milliseconds. */
export interface BlindSpell {
  id: number;
  since: number;
  /** `null`: it lasts. */
  until: number | null;
  cause: string;
  /** What the catch-up after it brought; `null`: there was none yet. */
  repaired: Repair | null;
}

/** What a catch-up over REST read, in numbers, or which topic was read on. */
export type Repair = Readonly<Record<string, number | string>>;

type Row = Omit<BlindSpell, "repaired"> & { repaired: string | null };

/** How many of them are kept, the newest. */
const KEPT = 1_000;

/** The record of blind spells. */
export class BlindSpells {
  readonly #begin: Statement<never>;
  readonly #end: Statement<never>;
  readonly #repair: Statement<never>;
  readonly #forget: Statement<never>;
  readonly #lasting: Statement<Row>;
  readonly #open: Statement<{ count: number }>;

  constructor(database: Database) {
    this.#begin = database.prepare("INSERT INTO blind (since, cause) VALUES (?, ?)");
    this.#end = database.prepare("UPDATE blind SET until = ? WHERE until IS NULL");
    this.#repair = database.prepare(
      "UPDATE blind SET repaired = ? WHERE repaired IS NULL AND (until <= ? OR until > ?)",
    );
    this.#forget = database.prepare(`DELETE FROM blind WHERE id <= (SELECT max(id) FROM blind) - ${KEPT}`);
    this.#lasting = database.prepare("SELECT * FROM blind WHERE until IS NULL LIMIT 1");
    this.#open = database.prepare("SELECT count(*) AS count FROM blind WHERE repaired IS NULL");
  }

  /** Whether there is one that has not been made up for. */
  get unrepaired(): boolean {
    return (this.#open.get()?.count ?? 0) > 0;
  }

  /** Nothing is heard since then; of a spell that lasts, the first cause stays. */
  begin(since: number, cause: string): void {
    if (this.#lasting.get()) return;
    this.#begin.run(since, cause);
    this.#forget.run();
  }

  /** The feed is heard again. */
  end(until: number): void {
    this.#end.run(until);
  }

  /** A catch-up that began at `asked` has made up for what ended before; what ends in a time to come did so by a clock that was ahead. */
  repair(asked: number, repaired: Repair, now: number): void {
    this.#repair.run(JSON.stringify(repaired), asked, now);
  }
}

/** Looks up the newest spells, the newest first. */
export function newestSpells(database: Database): (count: number) => BlindSpell[] {
  const statement = database.prepare<Row>("SELECT * FROM blind ORDER BY id DESC LIMIT ?");
  return (count) =>
    statement.all(count).map((row) => ({ ...row, repaired: row.repaired === null ? null : JSON.parse(row.repaired) }));
}

const READ = { loaded: "attribute", changedEvents: "event", sightings: "sighting" };

/** What a catch-up brought, for a person. */
export function repairWords({ vanishedEvents = 0, ...numbers }: Repair): string {
  const read = Object.entries(READ).flatMap(([key, name]) => (numbers[key] ? counted(Number(numbers[key]), name) : []));
  const words = [
    ...(read.length > 0 ? [`${read.join(", ")} read`] : []),
    ...(vanishedEvents ? [`${counted(Number(vanishedEvents), "event")} gone`] : []),
  ];
  return words.length > 0 ? words.join(", ") : "nothing was missed";
}
