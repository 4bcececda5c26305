import type { Refusal } from "../../model/delta.ts";
import { nameOf } from "../../model/indicator.ts";
import type { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import { Audit } from "./audit.ts";
import { Candidates, type Judge, type Scanned } from "./candidates.ts";
import { Holds } from "./holds.ts";
import { asColumn, type Comparison, deedOf, IN_DOUBT, type Step, type TargetView } from "./step.ts";

interface Opened {
  id: number;
  position: number;
  /** What was to be removed up to here has been. Not on disk: after a start it is looked for again. */
  ahead: number;
  guard: string;
  restarts: number;
  /** How much it holds; not counted before somebody asks. */
  held: number | undefined;
}

/** What each target lacks: what it is to hold, minus what it holds, drawn from the ledger whenever it is asked for. */
export class Deltas {
  readonly holds: Holds;
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #judge: Judge;
  readonly #candidates: Candidates;
  readonly #audit: Audit;
  readonly #hold: Statement<never>;
  readonly #release: Statement<never>;
  readonly #releaseAll: Statement<never>[];
  readonly #countHeld: Statement<{ count: number }>;
  readonly #advance: Statement<never>;
  readonly #target: Statement<{ id: number; rules: string; place: string; guard: string; position: number }>;
  readonly #insertTarget: Statement<{ id: number }>;
  readonly #restart: Statement<never>;
  readonly #leave: Statement<never>;
  readonly #restartGuarded: Statement<never>;
  readonly #newest: Statement<{ revision: number | null }>;
  readonly #changed: Statement<{ id: number }>;
  readonly #reviewing: Statement<{ part: "ledger" | "event" | null }>;
  readonly #open = new Map<string, Opened>();

  constructor(database: Database, clock: () => number, judge: Judge) {
    this.#database = database;
    this.#clock = clock;
    this.#judge = judge;
    this.#candidates = new Candidates(database, clock, judge);
    this.#audit = new Audit(database);
    this.holds = new Holds(database);
    this.#hold = database.prepare(
      `INSERT INTO held (target, indicator, shown, since)
       SELECT ?1, CAST(key AS INTEGER), value, ?3 FROM json_each(?2) WHERE true
       ON CONFLICT (target, indicator) DO UPDATE SET shown = excluded.shown`,
    );
    this.#release = database.prepare("DELETE FROM held WHERE target = ? AND indicator = ?");
    this.#countHeld = database.prepare("SELECT count(*) AS count FROM held WHERE target = ?");
    this.#advance = database.prepare("UPDATE target SET position = ? WHERE id = ?");
    this.#target = database.prepare("SELECT id, rules, place, guard, position FROM target WHERE name = ?");
    this.#insertTarget = database.prepare(
      "INSERT INTO target (name, rules, place, position) VALUES (?, ?, ?, 0) RETURNING id",
    );
    this.#restart = database.prepare("UPDATE target SET rules = ?, place = ?, position = 0 WHERE id = ?");
    this.#leave = database.prepare("UPDATE target SET rules = '' WHERE name NOT IN (SELECT value FROM json_each(?))");
    this.#restartGuarded = database.prepare("UPDATE target SET guard = ?, position = 0 WHERE id = ?");
    this.#releaseAll = ["held", "aside", "hold", "again"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE target = ?`),
    );
    this.#newest = database.prepare("SELECT max(revision) AS revision FROM indicator");
    this.#changed = database.prepare("SELECT id FROM indicator WHERE revision > ?");
    this.#reviewing = database.prepare(
      "SELECT CASE min(event) > 0 WHEN 0 THEN 'ledger' WHEN 1 THEN 'event' END AS part FROM review WHERE event = 0 OR after > 0",
    );
  }

  /** Makes a target known; one whose rules are others than last time begins again at the first revision. True: all is as it was. */
  register({ name, digest, place, origins }: TargetView): boolean {
    this.#judge.showsOrigins ||= origins;
    const known = this.#target.get(name);
    const fresh = { restarts: 0, held: undefined };
    if (!known) {
      const added = this.#insertTarget.get(name, digest, place);
      if (added) this.#open.set(name, { id: added.id, position: 0, ahead: 0, guard: "", ...fresh });
      return false;
    }
    const same = known.rules === digest && known.place === place;
    if (!same) {
      this.#database.transaction(() => {
        this.#restart.run(digest, place, known.id);
        if (known.place !== place) for (const statement of this.#releaseAll) statement.run(known.id);
      });
    }
    const position = same ? known.position : 0;
    this.#open.set(name, { id: known.id, position, ahead: position, guard: known.guard, ...fresh });
    return same;
  }

  /** All targets are registered. One that is not, and comes back some day, begins again: not everything is noted for it meanwhile. */
  registered(): void {
    this.#leave.run(JSON.stringify([...this.#open.keys()]));
  }

  /** What must not go to a target is this; if it was something else, the target begins again at the first revision. */
  guarded(name: string, digest: string): void {
    const target = this.#opened(name);
    if (target.guard === digest) return;
    this.#restartGuarded.run(digest, target.id);
    target.guard = digest;
    target.position = 0;
    target.ahead = 0;
    target.restarts += 1;
  }

  /** Compares the next indicators after a revision, and up to another, with what a target holds. */
  scan(view: TargetView, after: number, through = Number.MAX_SAFE_INTEGER): Scanned {
    return this.#candidates.changed(this.#opened(view.name).id, view, after, through);
  }

  /** The same for what the target holds already, which is all that it can lose. */
  scanHeld(view: TargetView, after: number, through: number): Scanned {
    return this.#candidates.changedOfHeld(this.#opened(view.name).id, view, after, through);
  }

  /** What the target is to lose, wherever else it stands. */
  removals(view: TargetView, after: number, through: number): Scanned {
    return this.#candidates.removals(this.#opened(view.name).id, view, after, through);
  }

  /** Compares what a person let go, or wants to be tried again. */
  again(view: TargetView, limit: number): Comparison[] {
    return this.#candidates.again(this.#opened(view.name).id, view, limit);
  }

  /**
   * Saves that a step is about to be applied: from here on all that it touches is in doubt. On disk, with all that it is
   * drawn from: a target must never hold what the ledger forgot in a power cut.
   */
  begin(view: TargetView, { holdings }: Step): void {
    const target = this.#opened(view.name);
    const now = this.#clock();
    const touched = holdings.map(({ id }) => [id, IN_DOUBT] as const);
    this.#database.durably(() => this.#hold.run(target.id, asColumn(touched), now));
    if (target.held !== undefined) target.held += holdings.filter(({ before }) => before === null).length;
  }

  /** Records that a target now has a step, except for what it refused, which is as it was. */
  record(view: TargetView, step: Step, refusals: readonly Refusal[]): void {
    const target = this.#opened(view.name);
    const refused = new Map(refusals.map((refusal) => [nameOf(refusal), refusal.reason]));
    const now = this.#clock();
    const after = step.holdings.map((holding) => {
      const answer = refused.get(nameOf(holding));
      return { holding, answer, shown: answer === undefined ? holding.shown : holding.before };
    });
    const held = after.flatMap(({ holding, shown }) => (shown === null ? [] : [[holding.id, shown] as const]));
    const done = after.map(({ holding, answer = "" }) => {
      return { indicator: holding.id, what: deedOf(holding), why: holding.why ?? "", answer };
    });
    const recording = { now, isLast: step.position >= this.newest() };
    this.#database.transaction(() => {
      for (const { holding, shown } of after) if (shown === null) this.#release.run(target.id, holding.id);
      this.#hold.run(target.id, asColumn(held), now);
      this.#audit.note(target.id, [...done, ...this.holds.setAside(target.id, step, recording)], now);
      if (step.restarts === target.restarts) this.#advance.run(step.position, target.id);
    });
    if (target.held !== undefined) target.held -= after.length - held.length;
    if (step.restarts === target.restarts) Object.assign(target, { position: step.position, ahead: step.ahead });
  }

  /** How many revisions a target has not heard of. */
  lag(name: string): number {
    return this.newest() - this.#opened(name).position;
  }

  /** The revision of the newest change. */
  newest(): number {
    return this.#newest.get()?.revision ?? 0;
  }

  /** Which indicators have changed after a revision. */
  changedAfter(revision: number): number[] {
    return this.#changed.list(revision).map(({ id }) => id);
  }

  /** How far a target has come, with removals and with all, and how often it was started over. */
  progress(name: string): { position: number; ahead: number; restarts: number } {
    return this.#opened(name);
  }

  /** The number that a target has in the ledger. */
  idOf(name: string): number {
    return this.#opened(name).id;
  }

  /** How much a target holds. The first call counts. */
  held(name: string): number {
    const target = this.#opened(name);
    target.held ??= this.#countHeld.get(target.id)?.count ?? 0;
    return target.held;
  }

  /** What is still being judged: the whole ledger, as rules or lists have changed, or the rest of an event; `null`: neither. */
  reviewing(): "ledger" | "event" | null {
    return this.#reviewing.get()?.part ?? null;
  }

  /** Takes a target's position from the database, where it was set back, and counts anew what it holds. */
  reread(name: string): void {
    const target = this.#opened(name);
    target.position = this.#target.get(name)?.position ?? target.position;
    target.ahead = target.position;
    target.held = undefined;
  }

  #opened(name: string): Opened {
    const target = this.#open.get(name);
    if (!target) throw new Error(`target ${name} is not registered`);
    return target;
  }
}
