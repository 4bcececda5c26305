import type { Indicator } from "../../model/indicator.ts";
import type { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import type { Deltas } from "./deltas.ts";
import { fingerprint, IN_DOUBT, type TargetView } from "./step.ts";

/** What the ledger believes of one indicator at one target. */
export interface Belief extends Indicator {
  id: number;
  revision: number;
  /** Digest of what the target shows of it; `null`: it does not hold it. */
  shown: string | null;
}

/** Indicators, by number, of which a target turned out to be otherwise than believed. */
export interface Differences {
  /** Believed to be held, and not there. */
  lost: readonly number[];
  /** There, but not as believed. */
  doubtful: readonly number[];
}

const PAGE = 1_000;
/** How many numbers of indicators are looked through in a row for those of a type. */
const STRETCH = 10_000;

/** What the ledger believes that targets hold, for comparison with what they do hold. */
export class Holdings {
  readonly #database: Database;
  readonly #deltas: Deltas;
  readonly #clock: () => number;
  /** By name; a target keeps its number for good. */
  readonly #ids = new Map<string, number>();
  readonly #target: Statement<{ id: number }>;
  readonly #find: Statement<Belief>;
  readonly #following: Statement<Belief>;
  readonly #certain: Statement<{ id: number; revision: number }>;
  readonly #last: Statement<{ id: number | null }>;
  readonly #refill: Statement<never>[];
  readonly #doubt: Statement<never>;
  readonly #rewind: Statement<never>;
  readonly #former: Statement<{ id: number; name: string }>;
  readonly #rename: Statement<never>;
  readonly #doubtAll: Statement<never>;

  constructor(database: Database, deltas: Deltas, clock: () => number) {
    this.#database = database;
    this.#deltas = deltas;
    this.#clock = clock;
    this.#target = database.prepare("SELECT id FROM target WHERE name = ?");
    this.#find = database.prepare(
      `SELECT i.id, i.type, i.value, i.revision, h.shown FROM indicator i
       LEFT JOIN held h ON h.target = ? AND h.indicator = i.id WHERE i.value = ? AND i.type = ?`,
    );
    this.#following = database.prepare(
      `SELECT i.id, i.type, i.value, i.revision, h.shown FROM held h JOIN indicator i ON i.id = h.indicator
       WHERE h.target = ? AND h.indicator > ? ORDER BY h.indicator LIMIT ${PAGE}`,
    );
    this.#certain = database.prepare(
      `SELECT i.id, i.revision FROM indicator i WHERE i.id > ?1 AND i.id <= ?2
       AND (?3 IS NULL OR i.type IN (SELECT value FROM json_each(?3)))
       AND EXISTS (SELECT 1 FROM held h WHERE h.target = ?4 AND h.indicator = i.id AND h.shown <> '${IN_DOUBT}')`,
    );
    this.#last = database.prepare("SELECT max(id) AS id FROM indicator");
    this.#refill = [
      `DELETE FROM held WHERE target = ? AND indicator = ? AND shown <> '${IN_DOUBT}'`,
      "INSERT OR IGNORE INTO again (target, indicator) VALUES (?, ?)",
    ].map((sql) => database.prepare(sql));
    this.#doubt = database.prepare("INSERT OR REPLACE INTO held (target, indicator, shown, since) VALUES (?, ?, ?, ?)");
    this.#rewind = database.prepare(
      "UPDATE target SET position = min(position, (SELECT revision - 1 FROM indicator WHERE id = ?)) WHERE id = ?",
    );
    this.#former = database.prepare(
      `SELECT t.id, t.name FROM target t WHERE NOT EXISTS (SELECT 1 FROM target WHERE name = ?1 AND place = ?2)
       AND t.place = ?2 AND t.name NOT IN (SELECT value FROM json_each(?3))
       AND EXISTS (SELECT 1 FROM held h WHERE h.target = t.id)
       AND (?4 IS NULL OR NOT EXISTS (SELECT 1 FROM held h JOIN indicator i ON i.id = h.indicator
         WHERE h.target = t.id AND i.type NOT IN (SELECT value FROM json_each(?4))))
       ORDER BY t.id DESC LIMIT 1`,
    );
    // Without rules that are known it is compared with the whole ledger.
    this.#rename = database.prepare("UPDATE target SET name = ?, rules = '' WHERE name = ?");
    this.#doubtAll = database.prepare(`UPDATE held SET shown = '${IN_DOUBT}' WHERE target = ?`);
  }

  /** The highest number of any indicator. */
  last(): number {
    return this.#last.get()?.id ?? 0;
  }

  /** Whether a target was last fed at another place: to make it known here is to forget what it holds there. */
  isElsewhere({ name, place }: Pick<TargetView, "name" | "place">): boolean {
    const sql = "SELECT 1 FROM target WHERE name = ? AND place <> ?";
    return this.#database.prepare(sql).get(name, place) !== undefined;
  }

  /** What is believed of an indicator; `undefined` when the ledger never heard of it. */
  find(target: string, { type, value }: Indicator): Belief | undefined {
    return this.#find.get(this.#id(target), value, type);
  }

  /** Whatever is believed to be held, a page at a time. */
  *pages(target: string): Generator<readonly Belief[]> {
    const id = this.#id(target);
    for (let after = 0; ; ) {
      const page = this.#following.list(id, after);
      if (page.length === 0) return;
      after = page.at(-1)?.id ?? after;
      yield page;
    }
  }

  /**
   * All of these types, or all, that are believed to be held and not in doubt; a stretch at a time. Of what the target has yet to hear of
   * it is doubtful only what it holds: that may be about to leave it.
   */
  *certain(target: string, types: readonly string[] | null): Generator<Differences> {
    const id = this.#id(target);
    const last = this.last();
    const these = types === null ? null : JSON.stringify(types);
    for (let after = 0; after < last; after += STRETCH) {
      const held = this.#certain.list(after, after + STRETCH, these, id);
      const position = this.#deltas.progress(target).position;
      const numbers = (pending: boolean) =>
        held.filter(({ revision }) => revision > position === pending).map(({ id }) => id);
      yield { lost: numbers(false), doubtful: numbers(true) };
    }
  }

  /** True when what the target shows of an indicator is not what is believed; what is in doubt is sent again anyway. */
  differs({ shown }: Belief, shows: string): boolean {
    return shown !== null && shown !== IN_DOUBT && shown !== fingerprint(shows);
  }

  /** True while a step that touched it has not come to its end. */
  inDoubt({ shown }: Belief): boolean {
    return shown === IN_DOUBT;
  }

  /**
   * Forgets what was lost and doubts what differs, so that the target's next deltas make both good. What was lost goes past
   * the guard, since a refill is no change of what is wanted. No step may be under way.
   */
  distrust(target: string, { lost, doubtful }: Differences): void {
    const id = this.#id(target);
    const now = this.#clock();
    this.#database.transaction(() => {
      for (const indicator of lost) for (const statement of this.#refill) statement.run(id, indicator);
      for (const indicator of doubtful) this.#doubt.run(id, indicator, IN_DOUBT, now);
      for (const indicator of doubtful) this.#rewind.run(indicator, id);
    });
    this.#deltas.reread(target);
  }

  /**
   * Has a target that is not known at its place yet go on where one of another name left off, which filled the same place: whoever
   * renames a target means the same lists, on which nothing may stay that was withdrawn meanwhile. All of it is in doubt, as
   * nobody looked after it. One that takes fewer types is no such heir: what is of others was left there.
   * @param staying the names of targets that are still configured there
   */
  inherit({ name, place, rules: { types } }: TargetView, staying: readonly string[]): void {
    const [known, taken] = [JSON.stringify(staying), types === null ? null : JSON.stringify([...types])];
    this.#database.transaction(() => {
      const former = this.#former.get(name, place, known, taken);
      if (!former) return;
      // What has the name so far, at another place, may in turn be what another one goes on with.
      this.#rename.run("", former.name);
      this.#rename.run(former.name, name);
      this.#rename.run(name, "");
      this.#doubtAll.run(former.id);
    });
  }

  #id(target: string): number {
    const id = this.#ids.get(target) ?? this.#target.get(target)?.id;
    if (id === undefined) throw new Error(`target ${target} is not registered`);
    this.#ids.set(target, id);
    return id;
  }

  /** Every target that there has been, and how much it holds. */
  targets(): { name: string; holds: number }[] {
    const sql = "SELECT name, (SELECT count(*) FROM held WHERE target = t.id) AS holds FROM target t ORDER BY name";
    return this.#database.prepare<{ name: string; holds: number }>(sql).all();
  }
}
