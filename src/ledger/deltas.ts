import { createHash } from "node:crypto";
import { type Known, type TargetRules, wanted } from "../curation/wanted.ts";
import type { Delta, Entry, Refusal } from "../model/delta.ts";
import type { Indicator } from "../model/indicator.ts";
import type { Database, Statement } from "./database.ts";
import { Supporters } from "./supporters.ts";

/** What a target is registered with. */
export interface TargetView {
  name: string;
  rules: TargetRules;
  /** Digest of the rules and of what it shows: another one than last time, and it is compared with the whole ledger. */
  digest: string;
  /** Which far side it is: another one than last time holds nothing yet. */
  place: string;
  /** What of an entry the target shows; a change of it is a renewal. */
  shows: (entry: Entry) => string;
  /** `shows` or the target itself read an entry's origins. */
  origins: boolean;
}

/** A step for one target: a delta, and what to record once the target has it. */
export interface Step {
  delta: Delta;
  /** The target has heard of everything up to here once the delta is applied. */
  position: number;
  holdings: readonly Holding[];
}

/** What comparing one indicator with what a target holds came to; nothing to do where `lack` is missing. */
export interface Comparison {
  id: number;
  revision: number;
  lack: Lack | undefined;
}

/** One thing that a target lacks. */
export type Lack = { holding: Holding } & ({ add: Entry } | { renew: Entry } | { remove: Indicator });

interface Holding extends Indicator {
  id: number;
  /** What the target showed of it so far; `null`: it did not hold it. */
  before: string | null;
  /** What it shows once the step is applied; `null`: it holds it no longer. */
  shown: string | null;
}

/**
 * Stands for what a target shows of an indicator while a step is under way. A step that fails, or is cut short by a crash,
 * may have had its effect all the same: what is in doubt is sent again, or taken off, whatever becomes of the indicator.
 */
export const IN_DOUBT = "?";

interface Candidate extends Known, Indicator {
  id: number;
  revision: number;
  shown: string | null;
}

/** How many indicators one look at the ledger reads at the most: a target that wants none of them must not stall the rest. */
const SCAN = 1_000;

/** What each target lacks: what it is to hold, minus what it holds, drawn from the ledger whenever it is asked for. */
export class Deltas {
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #candidates: Statement<Candidate>;
  readonly #supporters: Supporters;
  readonly #hold: Statement<never>;
  readonly #release: Statement<never>;
  readonly #releaseAll: Statement<never>;
  readonly #advance: Statement<never>;
  readonly #target: Statement<{ id: number; rules: string; place: string; position: number }>;
  readonly #insertTarget: Statement<{ id: number }>;
  readonly #restart: Statement<never>;
  readonly #newest: Statement<{ revision: number | null }>;
  readonly #changed: Statement<{ id: number }>;
  readonly #open = new Map<string, { id: number; position: number }>();

  constructor(database: Database, clock: () => number, isDown: (attribute: number) => boolean) {
    this.#database = database;
    this.#clock = clock;
    this.#supporters = new Supporters(database, isDown);
    this.#candidates = database.prepare(
      `SELECT i.id, i.type, i.value, i.withheld, i.reference, i.score, i.revision, h.shown
       FROM indicator i LEFT JOIN held h ON h.target = ? AND h.indicator = i.id
       WHERE i.revision > ? ORDER BY i.revision LIMIT ?`,
    );
    this.#hold = database.prepare(
      `INSERT INTO held (target, indicator, shown, since)
       SELECT ?1, CAST(key AS INTEGER), value, ?3 FROM json_each(?2) WHERE true
       ON CONFLICT (target, indicator) DO UPDATE SET shown = excluded.shown`,
    );
    this.#release = database.prepare("DELETE FROM held WHERE target = ? AND indicator = ?");
    this.#advance = database.prepare("UPDATE target SET position = ? WHERE id = ?");
    this.#target = database.prepare("SELECT id, rules, place, position FROM target WHERE name = ?");
    this.#insertTarget = database.prepare(
      "INSERT INTO target (name, rules, place, position) VALUES (?, ?, ?, 0) RETURNING id",
    );
    this.#restart = database.prepare("UPDATE target SET rules = ?, place = ?, position = 0 WHERE id = ?");
    this.#releaseAll = database.prepare("DELETE FROM held WHERE target = ?");
    this.#newest = database.prepare("SELECT max(revision) AS revision FROM indicator");
    this.#changed = database.prepare("SELECT id FROM indicator WHERE revision > ?");
  }

  /** Makes a target known; one whose rules are others than last time begins again at the first revision. */
  register({ name, digest, place }: TargetView): void {
    const known = this.#target.get(name);
    if (!known) {
      const added = this.#insertTarget.get(name, digest, place);
      if (added) this.#open.set(name, { id: added.id, position: 0 });
      return;
    }
    const elsewhere = known.place !== place;
    const same = known.rules === digest && !elsewhere;
    if (!same) {
      this.#database.transaction(() => {
        this.#restart.run(digest, place, known.id);
        if (elsewhere) this.#releaseAll.run(known.id);
      });
    }
    this.#open.set(name, { id: known.id, position: same ? known.position : 0 });
  }

  /** Compares the next indicators after a revision with what a target holds; few enough not to hold up the rest. */
  scan(view: TargetView, after: number): { comparisons: Comparison[]; position: number; more: boolean } {
    const candidates = this.#candidates.all(this.#opened(view.name).id, after, SCAN);
    const comparisons = candidates.map((candidate) => {
      const { id, revision } = candidate;
      return { id, revision, lack: this.#compare(candidate, view) };
    });
    const position = candidates.at(-1)?.revision ?? after;
    return { comparisons, position, more: candidates.length === SCAN };
  }

  /**
   * Saves that a step is about to be applied: from here on all that it touches is in doubt. On disk, with all that it is
   * drawn from: a target must never hold what the ledger forgot in a power cut.
   */
  begin(view: TargetView, { holdings }: Step): void {
    const { id: target } = this.#opened(view.name);
    const now = this.#clock();
    const touched = holdings.map(({ id }) => [id, IN_DOUBT] as const);
    this.#database.durably(() => this.#hold.run(target, asColumn(touched), now));
  }

  /** Records that a target now has a step, except for what it refused, which is as it was. */
  record(view: TargetView, { holdings, position }: Step, refusals: readonly Refusal[]): void {
    const target = this.#opened(view.name);
    const refused = new Set(refusals.map(({ type, value }) => `${type}|${value}`));
    const now = this.#clock();
    const after = holdings.map(({ id, type, value, before, shown }) => ({
      id,
      shown: refused.has(`${type}|${value}`) ? before : shown,
    }));
    const held = after.flatMap(({ id, shown }) => (shown === null ? [] : [[id, shown] as const]));
    this.#database.transaction(() => {
      for (const { id, shown } of after) if (shown === null) this.#release.run(target.id, id);
      this.#hold.run(target.id, asColumn(held), now);
      this.#advance.run(position, target.id);
    });
    target.position = position;
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
    return this.#changed.all(revision).map(({ id }) => id);
  }

  /** How far a target has come. */
  position(name: string): number {
    return this.#opened(name).position;
  }

  /** Takes a target's position from the database, where it was set back. */
  reread(name: string): void {
    const known = this.#target.get(name);
    if (known) this.#opened(name).position = known.position;
  }

  #opened(name: string): { id: number; position: number } {
    const target = this.#open.get(name);
    if (!target) throw new Error(`target ${name} is not registered`);
    return target;
  }

  #compare(candidate: Candidate, view: TargetView): Lack | undefined {
    const { id, type, value, score, shown: before } = candidate;
    const wish = wanted(candidate, () => this.#supporters.qualifying(id), view.rules, this.#clock());
    if ("withheld" in wish) {
      if (before === null) return undefined;
      return { holding: { id, type, value, before, shown: null }, remove: { type, value } };
    }
    const entry = {
      type,
      value,
      score,
      expires: wish.expires,
      origins: view.origins ? this.#supporters.origins(id) : [],
    };
    const shown = fingerprint(view.shows(entry));
    if (shown === before) return undefined;
    const holding = { id, type, value, before, shown };
    return before === null || before === IN_DOUBT ? { holding, add: entry } : { holding, renew: entry };
  }
}

/** What targets show of indicators, by their numbers: one statement for all of them costs a fraction of one for each. */
function asColumn(shown: readonly (readonly [id: number, shown: string])[]): string {
  return JSON.stringify(Object.fromEntries(shown));
}

/** Stands for what a target shows of an indicator. */
export function fingerprint(shown: string): string {
  return shown === "" ? "" : createHash("sha1").update(shown).digest("base64url");
}
