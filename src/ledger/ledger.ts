import type { Knowledge } from "../curation/knowledge.ts";
import type { Rules } from "../curation/rules.ts";
import type { Notice } from "../model/notice.ts";
import { Adoption } from "./adoption.ts";
import type { AttributeRow } from "./attributes.ts";
import { BlindSpells } from "./blind-spells.ts";
import { CuratedEvents } from "./curated-events.ts";
import { Database, type Statement } from "./database.ts";
import { Deltas } from "./deltas.ts";
import { createHearing, type Hear } from "./hearing.ts";
import { Holdings } from "./holdings.ts";
import type { IndicatorEntry } from "./indicators.ts";
import type { Question } from "./questions.ts";
import { Requests } from "./requests.ts";
import { EVERYTHING } from "./reviews.ts";
import { openTables, type Tables } from "./tables.ts";
import { UnreadableMessages } from "./unreadable.ts";

export interface LedgerOptions {
  file: string;
  rules: Rules;
  /** Digest of the rules: another one than last time, and everything is judged again. */
  rulesDigest: string;
  /** Milliseconds. */
  clock: () => number;
}

/** What one slice of a review came to. */
export interface Review {
  judged: number;
  more: boolean;
  questions: Question[];
}

/** An event as MISP's list has it. */
export interface ListedEvent {
  id: number;
  uuid: string;
  state: string;
  unsettled: boolean;
}

/** Events that are new or other than when they were last compared, and events that are no longer in the list. */
export interface Comparison {
  changed: ListedEvent[];
  vanished: { id: number; uuid: string }[];
}

/** What new knowledge can change: values (as MISP has them) that it touches, and events by their creators' UUIDs. */
export interface Touched {
  /** `null`: none. */
  values: ((type: string, value: string) => boolean) | null;
  organisations: ReadonlySet<string>;
}

/** How many attributes or indicators one slice of work judges: some milliseconds' worth, as nothing else runs meanwhile. */
const SLICE = 250;

/** What we believe: each change is one transaction, judged and saved before this returns. */
export class Ledger implements Disposable {
  readonly deltas: Deltas;
  readonly holdings: Holdings;
  readonly adoption: Adoption;
  readonly blindSpells: BlindSpells;
  readonly requests: Requests;
  readonly curated: CuratedEvents;
  readonly unreadable: UnreadableMessages;
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #hear: Hear;
  readonly #clock: () => number;
  readonly #putFact: Statement<never>;
  readonly #getFact: Statement<{ value: string }>;
  #touched: ((type: string, value: string) => boolean)[] = [];
  #rulesChanged = false;

  constructor({ file, rules, rulesDigest, clock }: LedgerOptions) {
    this.#database = Database.open(file);
    this.#clock = clock;
    this.#tables = openTables(this.#database, rules);
    this.#hear = createHearing(this.#tables, this.#database);
    this.deltas = new Deltas(this.#database, clock, (attribute) => this.#tables.judging.isDown(attribute));
    this.holdings = new Holdings(this.#database, this.deltas, clock);
    this.adoption = new Adoption(this.#database, clock);
    this.curated = new CuratedEvents(this.#database, clock);
    this.unreadable = new UnreadableMessages(this.#database, clock);
    this.requests = new Requests(this.#database);
    this.blindSpells = new BlindSpells(this.#database);
    this.#putFact = this.#database.prepare("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)");
    this.#getFact = this.#database.prepare("SELECT value FROM fact WHERE name = ?");
    this.#adopt(rulesDigest);
  }

  /**
   * Remembers what was told and judges what it touches, together with `facts` (cursors, counters) to keep beside it.
   * @param asked when REST was asked, if these are its answers, milliseconds
   * @returns the questions that only REST can answer
   */
  apply(
    notices: readonly Notice[],
    { asked, facts }: { asked?: number; facts?: Record<string, string> } = {},
  ): Question[] {
    const now = this.#clock();
    const moment = { now, asked: asked ?? now };
    this.#transaction(() => {
      for (const notice of notices) this.#hear(notice, moment);
      this.#tables.judging.conclude(now);
      for (const [name, value] of Object.entries(facts ?? {})) this.#putFact.run(name, value);
    });
    return this.#tables.questions.take();
  }

  /** Judges one slice of what an event's change, new rules or the passing of time ask to be judged again. */
  review(): Review {
    const now = this.#clock();
    const due = this.#tables.indicators.due(Math.floor(now / 1000), SLICE);
    const pending = this.#tables.reviews.next();
    if (due.length === 0 && !pending) return { judged: 0, more: false, questions: [] };
    let judged = due.length;
    this.#transaction(() => {
      for (const entry of due) this.#requalify(entry, now);
      if (pending) judged += this.#reviewEvent(pending, now);
      this.#tables.judging.conclude(now);
    });
    const more = due.length === SLICE || this.#tables.reviews.next() !== undefined;
    return { judged, more, questions: this.#tables.questions.take() };
  }

  /**
   * Judges by other knowledge from now on, and again what that can change.
   * @param facts to be saved with it
   */
  learn(knowledge: Knowledge, facts: Record<string, string>, touched: Touched): void {
    const { events, judging, reviews } = this.#tables;
    judging.knowledge = knowledge;
    const { values } = touched;
    if (values) this.#touched.push(values);
    this.#transaction(() => {
      if (values) reviews.start(EVERYTHING);
      for (const uuid of touched.organisations) for (const id of events.createdBy(uuid)) reviews.start(id);
      for (const [name, value] of Object.entries(facts)) this.#putFact.run(name, value);
    });
  }

  /** Compares MISP's list of events with what was remembered of the last one. */
  compare(list: readonly ListedEvent[]): Comparison {
    const known = new Map(this.#tables.events.listing().map((event) => [event.uuid, event]));
    const changed = list.filter(({ uuid, state }) => known.get(uuid)?.listed !== state);
    for (const { uuid } of list) known.delete(uuid);
    return { changed, vanished: [...known.values()] };
  }

  fact(name: string): string | undefined {
    return this.#getFact.get(name)?.value;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #adopt(rulesDigest: string): void {
    // A review that the last run did not finish: what it was for is not remembered.
    this.#rulesChanged = this.fact("rules") !== rulesDigest || this.#tables.reviews.has(EVERYTHING);
    if (this.fact("rules") === rulesDigest) return;
    this.#transaction(() => {
      this.#tables.reviews.start(EVERYTHING);
      this.#putFact.run("rules", rulesDigest);
    });
  }

  #reviewEvent({ event, after }: { event: number; after: number }, now: number): number {
    const { attributes, events, judging, reviews, questions } = this.#tables;
    const slice = attributes.following(event, after, SLICE);
    for (const row of slice) {
      if (event === EVERYTHING && !this.#isTouched(row)) continue;
      const belongsTo = events.get(row.event);
      if (judging.link(row, row, belongsTo, now)) questions.ask(row.event, belongsTo?.uuid);
    }
    const last = slice.at(-1);
    if (last && slice.length === SLICE) reviews.advance(event, last.id);
    else {
      reviews.finish(event);
      if (event === EVERYTHING) this.#forgetTouched();
    }
    return slice.length;
  }

  /** A review of everything that new knowledge alone asked for can leave out what it cannot change. */
  #isTouched({ type, value }: AttributeRow): boolean {
    return this.#rulesChanged || this.#touched.some((touches) => touches(type, value));
  }

  /** Time may have changed what its supports are worth, too. */
  #requalify(entry: IndicatorEntry, now: number): void {
    const { attributes, events, judging } = this.#tables;
    for (const attribute of entry.supports.keys()) {
      const row = attributes.get(attribute);
      if (row) judging.link(row, row, events.get(row.event), now);
    }
    judging.touch(entry);
  }

  #forgetTouched(): void {
    this.#touched = [];
    this.#rulesChanged = false;
  }

  #transaction(work: () => void): void {
    const { attributes, events, indicators, judging } = this.#tables;
    try {
      this.#database.transaction(work);
    } catch (error) {
      judging.abandon();
      attributes.recent.clear();
      events.recent.clear();
      indicators.reload();
      throw error;
    }
    attributes.recent.trim();
    events.recent.trim();
    indicators.recent.trim();
  }
}
