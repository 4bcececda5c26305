import type { Knowledge } from "../curation/knowledge.ts";
import type { Rules } from "../curation/rules.ts";
import type { Notice } from "../model/notice.ts";
import { BlindSpells } from "./blind-spells.ts";
import { ClockWatch } from "./clock-watch.ts";
import { CuratedEvents } from "./curated-events.ts";
import { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";
import { Adoption } from "./delta/adoption.ts";
import { Deltas } from "./delta/deltas.ts";
import { Holdings } from "./delta/holdings.ts";
import { HEARD_AT, RULES } from "./facts.ts";
import { EventListings } from "./hearing/event-listings.ts";
import { FollowedRecords } from "./hearing/followed-records.ts";
import { compareListing, type ListedEvent, type ListingChanges } from "./hearing/hear-listings.ts";
import { createHearing, type Hear } from "./hearing/hearing.ts";
import { SightingListings } from "./hearing/sighting-listings.ts";
import type { Question } from "./questions.ts";
import { Relearning, type Touched } from "./relearning.ts";
import { Requests } from "./requests.ts";
import { requalify, reviewSlice, SLICE } from "./reviewing.ts";
import { EVERYTHING } from "./reviews.ts";
import { SensorSightings } from "./sensor-sightings.ts";
import { openTables, type Tables } from "./tables.ts";
import { UnreadableMessages } from "./unreadable.ts";

export interface LedgerOptions {
  file: string;
  rules: Rules;
  /** Digest of the rules: another one than last time, and everything is judged again. */
  rulesDigest: string;
  /** Milliseconds. */
  clock: () => number;
  /** Survives a power cut; true unless set. */
  durable?: boolean;
}

/** What one slice of a review came to. */
export interface Review {
  judged: number;
  more: boolean;
  questions: Question[];
}

/** When time alone last changed something, milliseconds. */
const JUDGED = "judged-at";

/** What we believe: each change is one transaction, judged and saved before this returns. */
export class Ledger implements Disposable {
  readonly deltas: Deltas;
  readonly holdings: Holdings;
  readonly adoption: Adoption;
  readonly blindSpells: BlindSpells;
  readonly requests: Requests;
  readonly sensed: SensorSightings;
  readonly eventListings: EventListings;
  readonly sightingListings: SightingListings;
  readonly curated: CuratedEvents;
  readonly followed: FollowedRecords;
  readonly unreadable: UnreadableMessages;
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #hear: Hear;
  readonly #clock: () => number;
  readonly #putFact: Statement<never>;
  readonly #getFact: Statement<{ value: string }>;
  readonly #organisation: Statement<{ uuid: string | null }>;
  readonly #numbers: Statement<{ id: number }>;
  readonly #relearning: Relearning;
  /** It matters who gave a sighting. */
  readonly #countsVoices: boolean;
  readonly #watch: ClockWatch;

  constructor({ file, rules, rulesDigest, clock, durable }: LedgerOptions) {
    this.#database = Database.open(file, undefined, durable);
    this.#clock = clock;
    this.#tables = openTables(this.#database, rules);
    this.#hear = createHearing(this.#tables, this.#database);
    this.deltas = new Deltas(this.#database, clock, this.#tables.judging);
    this.holdings = new Holdings(this.#database, this.deltas, clock);
    this.adoption = new Adoption(this.#database, clock);
    this.curated = new CuratedEvents(this.#database, clock);
    this.followed = new FollowedRecords(this.#tables, clock, (work) => this.#transaction(work));
    this.unreadable = new UnreadableMessages(this.#database, clock);
    this.requests = new Requests(this.#database);
    this.sensed = new SensorSightings(this.#database);
    this.eventListings = new EventListings(this.#tables);
    this.sightingListings = new SightingListings(this.#tables);
    this.blindSpells = new BlindSpells(this.#database);
    this.#putFact = this.#database.prepare("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)");
    this.#getFact = this.#database.prepare("SELECT value FROM fact WHERE name = ?");
    this.#organisation = this.#database.prepare("SELECT uuid FROM organisation WHERE id = ?");
    this.#numbers = this.#database.prepare("SELECT id FROM organisation WHERE uuid = ?");
    this.#relearning = new Relearning(this.#tables.sightings);
    this.#countsVoices = rules.sightings !== "latest";
    this.#watch = new ClockWatch(Math.max(Number(this.fact(HEARD_AT) ?? 0), Number(this.fact(JUDGED) ?? 0)));
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

  /** Whether an event's change, new rules or new knowledge ask for something to be judged again. */
  get isReviewing(): boolean {
    return this.#tables.reviews.next() !== undefined;
  }

  /** Judges one slice of what an event's change, new rules or the passing of time ask to be judged again. */
  review(): Review {
    const now = this.#clock();
    if (this.#watch.wentBack(now)) this.#judgeAnew({ [JUDGED]: String(now) });
    const due = this.#tables.indicators.due(Math.floor(now / 1000), SLICE);
    const pending = this.#tables.reviews.next();
    if (due.length === 0 && !pending) return { judged: 0, more: false, questions: [] };
    let judged = due.length;
    this.#transaction(() => {
      for (const entry of due) requalify(this.#tables, entry, now);
      if (due.length > 0) this.#putFact.run(JUDGED, String(now));
      if (pending) judged += reviewSlice(this.#tables, this.#relearning, pending, now);
      this.#tables.judging.conclude(now);
    });
    const more = due.length === SLICE || this.isReviewing;
    return { judged, more, questions: this.#tables.questions.take() };
  }

  /**
   * Judges by other knowledge from now on, and again what that can change.
   * @param facts to be saved with it
   */
  learn(knowledge: Knowledge, facts: Record<string, string>, touched: Touched): void {
    const { events, judging, reviews } = this.#tables;
    judging.knowledge = knowledge;
    const { values, organisations } = touched;
    if (values) this.#relearning.takeValues(values);
    const voices = this.#takeVoices(touched);
    this.#transaction(() => {
      if (values || voices) reviews.start(EVERYTHING);
      for (const uuid of organisations) for (const id of events.createdBy(uuid)) reviews.start(id);
      for (const [name, value] of Object.entries(facts)) this.#putFact.run(name, value);
    });
  }

  /** Warninglists and trust that it judges by, as they are now. */
  get knowledge(): Knowledge {
    return this.#tables.judging.knowledge;
  }

  /** Compares MISP's list of events with what was remembered of the last one. */
  compare(list: readonly ListedEvent[]): ListingChanges {
    return compareListing(this.#tables.events, list);
  }

  /** Whether it is known who an organisation is. */
  knowsOrganisation(id: number): boolean {
    return typeof this.#organisation.get(id)?.uuid === "string";
  }

  /** Saves a fact by itself. */
  note(name: string, value: string): void {
    this.#putFact.run(name, value);
  }

  fact(name: string): string | undefined {
    return this.#getFact.get(name)?.value;
  }

  [Symbol.dispose](): void {
    this.curated[Symbol.dispose]();
    this.#database.close();
  }

  #adopt(rulesDigest: string): void {
    // A review that the last run did not finish: what it was for is not remembered.
    if (this.#tables.reviews.has(EVERYTHING)) this.#relearning.takeEverything();
    if (this.fact(RULES) !== rulesDigest) this.#judgeAnew({ [RULES]: rulesDigest });
  }

  #judgeAnew(facts: Record<string, string>): void {
    this.#relearning.takeEverything();
    this.#transaction(() => {
      this.#tables.reviews.start(EVERYTHING);
      for (const [name, value] of Object.entries(facts)) this.#putFact.run(name, value);
    });
  }

  /** @returns whether any of them said anything that counts */
  #takeVoices({ organisations, voices }: Touched): boolean {
    if (!this.#countsVoices) return false;
    const numbers = [...organisations].flatMap((uuid) => this.#numbers.all(uuid).map(({ id }) => id));
    return [...new Set([...voices, ...numbers])].map((id) => this.#relearning.takeVoice(id)).includes(true);
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
