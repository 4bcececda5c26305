import type { Support } from "../../curation/qualify.ts";
import { type Known, sees, type Wish, wanted } from "../../curation/wanted.ts";
import { isThumb, type Reason } from "../../model/verdict.ts";
import type { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import { type Comparison, fingerprint, IN_DOUBT, type Lack, type TargetView } from "./step.ts";
import { Supporters } from "./supporters.ts";

interface Candidate extends Known {
  id: number;
  revision: number;
  /** When time alone changes what is to be said of it, Unix seconds. */
  due: number | null;
  shown: string | null;
  /** Set where a guard keeps it aside. */
  kind: "add" | "remove" | null;
  why: string | null;
  asideAt: number | null;
  /** Milliseconds. */
  asideSince: number | null;
}

/** Who judges: what sightings say, and what it has to know of the targets. */
export interface Judge {
  /** Whether those of a composite attribute say that it holds nothing up. */
  isDown(attribute: number): boolean;
  /** Whether those of a value say that it is none to be afraid of; `heardSince`: one that was heard later says so, too. */
  isValueDown(value: string, heardSince?: number): boolean;
  /** Some target shows where an indicator comes from. */
  showsOrigins: boolean;
}

/** Comparisons, and the revision that they reach to. */
export interface Scanned {
  comparisons: Comparison[];
  position: number;
  more: boolean;
}

/** How many indicators one look at the ledger reads at the most: a target that wants none of them must not stall the rest. */
const SCAN = 1_000;
/** How many revisions one look for what is held passes over at the most. */
const STRIDE = 10_000;

const COLUMNS = `i.id, i.type, i.value, i.withheld, i.reference, i.score, i.revision, i.due, h.shown,
       s.kind, s.why, s.revision AS asideAt, s.since AS asideSince`;
const ASIDE = "LEFT JOIN aside s ON s.target = ?1 AND s.indicator = i.id";

/** Compares indicators with what a target holds of them. */
export class Candidates {
  readonly #clock: () => number;
  readonly #judge: Judge;
  readonly #supporters: Supporters;
  readonly #changed: Statement<Candidate>;
  readonly #held: Statement<Candidate>;
  readonly #again: Statement<Candidate>;

  constructor(database: Database, clock: () => number, judge: Judge) {
    this.#clock = clock;
    this.#judge = judge;
    this.#supporters = new Supporters(database, (attribute) => judge.isDown(attribute));
    this.#changed = database.prepare(
      `SELECT ${COLUMNS} FROM indicator i LEFT JOIN held h ON h.target = ?1 AND h.indicator = i.id ${ASIDE}
       WHERE i.revision > ?2 AND i.revision <= ?3 ORDER BY i.revision LIMIT ${SCAN}`,
    );
    this.#held = database.prepare(
      `SELECT ${COLUMNS} FROM indicator i CROSS JOIN held h ON h.target = ?1 AND h.indicator = i.id ${ASIDE}
       WHERE i.revision > ?2 AND i.revision <= ?3 ORDER BY i.revision LIMIT ${SCAN}`,
    );
    this.#again = database.prepare(
      `SELECT ${COLUMNS} FROM again a CROSS JOIN indicator i ON i.id = a.indicator
       LEFT JOIN held h ON h.target = ?1 AND h.indicator = i.id ${ASIDE}
       WHERE a.target = ?1 ORDER BY a.indicator LIMIT ?2`,
    );
  }

  /** Those that have changed after one revision and up to another; few enough not to hold up the rest. */
  changed(target: number, view: TargetView, after: number, through: number): Scanned {
    const candidates = this.#changed.list(target, after, through);
    const more = candidates.length === SCAN;
    const comparisons = candidates.map((candidate) => this.#comparison(candidate, view));
    return { comparisons, position: candidates.at(-1)?.revision ?? after, more };
  }

  /** The same, but only those that the target holds: what it may lose. `position` then passes over all others. */
  changedOfHeld(target: number, view: TargetView, after: number, through: number): Scanned {
    return this.#ofHeld(target, after, through, (candidate) => [this.#comparison(candidate, view)]);
  }

  /** What is to be removed of those that the target holds; far cheaper, as what it is to show is not looked at. */
  removals(target: number, view: TargetView, after: number, through: number): Scanned {
    return this.#ofHeld(target, after, through, (candidate) => {
      if (this.#isDue(candidate)) return [];
      const wish = this.#wish(candidate, view);
      return "withheld" in wish ? [this.#settled(candidate, removal(candidate, wish.withheld))] : [];
    });
  }

  /** Those that are to be compared once more, whatever is kept aside. */
  again(target: number, view: TargetView, limit: number): Comparison[] {
    const candidates = this.#again.list(target, limit);
    return candidates.map((candidate) => this.#settled({ ...candidate, kind: null }, this.#compare(candidate, view)));
  }

  #ofHeld(target: number, after: number, through: number, compare: (candidate: Candidate) => Comparison[]): Scanned {
    const until = Math.min(through, after + STRIDE);
    const candidates = this.#held.list(target, after, until);
    const position = candidates.length === SCAN ? (candidates.at(-1)?.revision ?? until) : until;
    return { comparisons: candidates.flatMap(compare), position, more: position < through };
  }

  #comparison(candidate: Candidate, view: TargetView): Comparison {
    const { id, revision } = candidate;
    if (this.#isDue(candidate)) return { id, revision, lack: undefined, settled: false, needless: undefined };
    return this.#settled(candidate, this.#compare(candidate, view));
  }

  /** The same, unless a guard keeps it aside. */
  #settled(candidate: Candidate, lack: Lack | undefined): Comparison {
    const { id, revision, shown, type, value } = candidate;
    const needless = lack === undefined && shown === null ? { type, value } : undefined;
    if (candidate.kind === null) return { id, revision, lack, settled: false, needless };
    const staysAside = lack !== undefined && this.#staysAside(candidate, lack);
    return { id, revision, lack: staysAside ? undefined : lack, settled: !staysAside, needless };
  }

  /** What a guard keeps aside stays so until something else is to be said of it, or a person says that it is harmless. */
  #staysAside({ kind, why, revision, asideAt, asideSince, value }: Candidate, lack: Lack): boolean {
    if ("add" in lack) return kind === "add";
    if (!("remove" in lack) || kind !== "remove" || why !== lack.holding.why) return false;
    if (revision <= (asideAt ?? 0)) return true;
    // Where it was a thumb already, only one more is something else: its event may have been edited or read again since.
    const known = isThumb(why) ? (asideSince ?? 0) : undefined;
    if (!this.#judge.isValueDown(value, known)) return true;
    lack.holding.why = "false_positive";
    return false;
  }

  /** It is about to be judged again, and comes up once more then: what is known of it is of a time that is over. */
  #isDue({ due }: Candidate): boolean {
    return due !== null && due * 1000 <= this.#clock();
  }

  #compare(candidate: Candidate, view: TargetView): Lack | undefined {
    const { id, type, value, score, reference, shown: before } = candidate;
    const wish = this.#wish(candidate, view);
    if ("withheld" in wish) return removal(candidate, wish.withheld);
    const isSeen = (support: Support) => sees(view.rules.filter, support, type);
    const origins = view.origins ? this.#supporters.origins(id, isSeen) : [];
    const entry = { type, value, score, reference, expires: wish.expires, origins };
    const shown = fingerprint(view.shows(entry));
    if (shown === before) return undefined;
    const holding = { id, type, value, before, shown, why: null };
    return before === null || before === IN_DOUBT ? { holding, add: entry } : { holding, renew: entry };
  }

  #wish(candidate: Candidate, { rules }: TargetView): Wish {
    return wanted(candidate, () => this.#supporters.qualifying(candidate), rules, this.#clock());
  }
}

/** Nothing where it is not held anyway. */
function removal({ id, type, value, shown: before }: Candidate, why: Reason): Lack | undefined {
  return before === null
    ? undefined
    : { holding: { id, type, value, before, shown: null, why }, remove: { type, value } };
}
