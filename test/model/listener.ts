import { join } from "node:path";
import { IGNORANCE } from "../../src/curation/knowledge.ts";
import { compileRules } from "../../src/curation/rules.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import type { Question } from "../../src/ledger/questions.ts";
import { isComposite } from "../../src/model/indicator.ts";
import type { Notice } from "../../src/model/notice.ts";
import { ruleSettings } from "../support/rule-settings.ts";
import { type OracleRules, TTL } from "./oracle.ts";
import type { SocketlessMisp } from "./socketless-misp.ts";

/** The number that the stand-in gives to the first organisation. */
const OWN_ORGANISATION = 1;

/** What a ledger has made of it all. */
export interface Verdicts {
  /** `type value` of what is active, without the pairs of composite types. */
  active: string[];
  /** What it says of each support that MISP still has, and the time that active indicators count from. */
  supports: string[];
  references: string[];
}

/** A ledger that hears what it is told, and asks the stand-in what the feed leaves open. */
export class Listener implements Disposable {
  readonly ledger: Ledger;
  readonly #file: string;
  readonly #misp: SocketlessMisp;
  readonly #clock: () => number;
  #questions: Question[] = [];

  constructor(directory: string, misp: SocketlessMisp, rules: OracleRules, clock: () => number) {
    this.#file = join(directory, "ledger.sqlite");
    this.#misp = misp;
    this.#clock = clock;
    const ttl = { default: TTL, md5: null, filename: null };
    const exceptions = { comment: "SOC Exception", tags: rules.exceptionTags };
    const compiled = compileRules(ruleSettings({ ttl, exceptions }, rules.filter));
    this.ledger = new Ledger({ file: this.#file, rules: compiled, rulesDigest: rules.name, clock });
    const nothing = { values: null, organisations: new Set<string>(), voices: new Set<number>() };
    this.ledger.learn({ ...IGNORANCE, ownOrganisation: OWN_ORGANISATION }, {}, nothing);
  }

  hear(notices: readonly Notice[]): void {
    this.#questions.push(...this.ledger.apply(notices));
  }

  /** Has REST answer what came up since the last time. */
  ask(): void {
    for (const { uuid, eventId, whole } of this.#questions.splice(0)) {
      const answers = this.#misp.answer(uuid ?? eventId, whole);
      this.#questions.push(...this.ledger.apply(answers, { asked: this.#clock() }));
    }
  }

  /** Reads all of MISP over REST: events that are there, events that are gone, sightings. */
  catchUp(): void {
    const asked = this.#clock();
    const list = this.#misp.events.map((id) => this.#misp.answer(id, true));
    const listed = list.flatMap(([first]) =>
      first?.kind === "event" ? [{ ...first.event, state: `${asked}`, unsettled: false }] : [],
    );
    const { vanished, unconfirmed } = this.ledger.compare(listed);
    for (const answers of list) this.hearAnswers(answers, asked);
    this.hearAnswers(
      listed.map(({ id, uuid, state }) => ({ kind: "listed", id, uuid, state })),
      asked,
    );
    this.hearAnswers(
      vanished.map(({ id, uuid }) => ({ kind: "event-deleted", id, uuid })),
      asked,
    );
    this.hearAnswers(
      unconfirmed.map(({ id, uuid }) => ({ kind: "contents", id, uuid, attributes: new Set() })),
      asked,
    );
    this.hearAnswers(this.#misp.sightings(), asked);
  }

  hearAnswers(notices: readonly Notice[], asked: number): void {
    this.#questions.push(...this.ledger.apply(notices, { asked }));
  }

  /** Judges again until nothing asks for it. */
  review(): void {
    for (let more = true; more; ) {
      const review = this.ledger.review();
      this.#questions.push(...review.questions);
      more = review.more;
    }
  }

  verdicts(): Verdicts {
    const database = Database.read(this.#file);
    try {
      return read(database, new Set(this.#misp.attributes));
    } finally {
      database.close();
    }
  }

  [Symbol.dispose](): void {
    this.ledger[Symbol.dispose]();
  }
}

interface Row {
  type: string;
  value: string;
  reference: number;
  attribute: number;
  support: string | null;
}

function read(database: Database, there: ReadonlySet<number>): Verdicts {
  const active = database
    .prepare<Row>("SELECT type, value, reference FROM indicator WHERE withheld IS NULL ORDER BY type, value")
    .all()
    .filter(({ type }) => !isComposite(type));
  const supports = database
    .prepare<Row>(
      `SELECT i.type, i.value, s.attribute, s.withheld AS support
       FROM support s JOIN indicator i ON i.id = s.indicator ORDER BY s.attribute, i.type`,
    )
    .all()
    .filter(({ attribute }) => there.has(attribute));
  return {
    active: active.map(({ type, value }) => `${type} ${value}`),
    references: active.map(({ type, value, reference }) => `${type} ${value} ${reference}`),
    supports: supports.map((row) => `${row.attribute} ${row.type} ${row.value} ${row.support ?? "qualifies"}`),
  };
}
