import type { Sayings } from "../../curation/judge.ts";
import type { QualifyingSupport } from "../../curation/wanted.ts";
import type { Reason } from "../../model/verdict.ts";
import type { AttributeRow } from "../attributes.ts";
import { type BlindSpell, newestSpells } from "../blind-spells.ts";
import { Database } from "../database/database.ts";
import type { Statement } from "../database/statement.ts";
import { type Hold, HoldLists } from "../delta/hold-lists.ts";
import { IN_DOUBT } from "../delta/step.ts";
import { Supporters } from "../delta/supporters.ts";
import type { EventRow } from "../events.ts";
import { CATCH_UP_FAILED, CAUGHT_UP, FINDINGS, HEARD, HEARD_AT, LACKS, UNCURATED, UNREADABLE } from "../facts.ts";
import type { IndicatorRow, SupportRow } from "../indicators.ts";
import { type Acquaintances, Opinions } from "../opinions.ts";
import { type SensorFigures, SensorSightings } from "../sensor-sightings.ts";
import { type SightingRow, Sightings } from "../sightings.ts";
import { attributesWith } from "./attribute-search.ts";

/** Figures of the whole ledger. */
export interface Summary {
  active: number;
  withheld: Partial<Record<Reason, number>>;
  events: number;
  attributes: number;
  heard: number;
  unreadable: number;
  /** Something is still to be judged again. */
  reviewing: boolean;
  targets: TargetSummary[];
  /** When something was last heard on the feed, and when the last complete catch-up began; milliseconds, 0: never. */
  heardAt: number;
  caughtUp: number;
  /** Why the last catch-up failed, if it did. */
  catchUpFailed: string | null;
  /** What is missing in MISP for what the configuration asks, each with its cure. */
  findings: string[];
  /** Events that wait for their curation, and why. */
  uncurated: { event: string; reason: string }[];
  /** The newest blind spells, the newest first. */
  blindSpells: BlindSpell[];
  /** The newest messages that could not be read. */
  unreadableMessages: { at: number; topic: string; reason: string }[];
  /** What guards hold until a person decides. */
  held: Hold[];
  /** What sensors saw. */
  sensed: SensorFigures;
}

export interface TargetSummary {
  name: string;
  held: number;
  /** How much of that it may not hold: a delivery of it failed half-way, or goes on. */
  doubtful: number;
  /** Changes that it has not got yet, with what it is told again, such as all that it lost. */
  lag: number;
}

/** One attribute with its event, as support of an indicator. */
export interface SupportReport {
  support: SupportRow;
  attribute: AttributeRow;
  event: EventRow | undefined;
  sightings: SightingRow[];
}

/** Reads a ledger beside the courier that writes it, or without one. */
export class LedgerReport implements Disposable {
  readonly #database: Database;
  #opinions: Opinions | undefined;

  /** @throws StateMissing when there is no ledger at `file` */
  constructor(file: string) {
    this.#database = Database.read(file);
  }

  summary(): Summary {
    const counts = this.#sql<{ withheld: Reason | null; count: number }>(
      "SELECT withheld, count(*) AS count FROM indicator WHERE type NOT LIKE '%|%' AND type <> 'malware-sample' GROUP BY withheld",
    ).all();
    const withheld = counts.flatMap(({ withheld, count }) => (withheld === null ? [] : [[withheld, count] as const]));
    return {
      active: counts.find((row) => row.withheld === null)?.count ?? 0,
      withheld: Object.fromEntries(withheld),
      events: this.#count("SELECT count(*) AS count FROM event WHERE deleted = 0"),
      attributes: this.#count("SELECT count(*) AS count FROM attribute WHERE deleted = 0"),
      heard: this.#number(HEARD),
      unreadable: this.#number(UNREADABLE),
      reviewing: this.#count("SELECT count(*) AS count FROM review") > 0,
      heardAt: this.#number(HEARD_AT),
      caughtUp: this.#number(CAUGHT_UP),
      catchUpFailed: this.fact(CATCH_UP_FAILED) || null,
      findings: [...new Set([...this.#list<string>(FINDINGS), ...this.#list<string>(LACKS)])],
      uncurated: this.#list<[string, { reason: string }]>(UNCURATED).map(([event, { reason }]) => ({
        event,
        reason,
      })),
      blindSpells: newestSpells(this.#database)(10),
      targets: this.#targets(),
      held: this.holds.held(),
      sensed: SensorSightings.figures(this.#database),
      unreadableMessages: this.#sql<{ at: number; topic: string; reason: string }>(
        "SELECT at, topic, reason FROM unreadable ORDER BY at DESC LIMIT 5",
      ).all(),
    };
  }

  /** Every indicator that has a value, whatever its type. */
  indicators(values: readonly string[]): IndicatorRow[] {
    const statement = this.#sql<IndicatorRow>("SELECT * FROM indicator WHERE value = ? ORDER BY type");
    return [...new Set(values)].flatMap((value) => statement.all(value));
  }

  /** Attributes with exactly this value in MISP's writing, where none of their indicators has it. */
  async attributes(value: string): Promise<{ attribute: AttributeRow; event: EventRow | undefined }[]> {
    const rows = await attributesWith(value, this.#database);
    return rows.map((attribute) => ({ attribute, event: this.#event(attribute.event) }));
  }

  supports(indicator: number): SupportReport[] {
    const attribute = this.#sql<AttributeRow>("SELECT * FROM attribute WHERE id = ?");
    const sightings = this.#sql<SightingRow>(
      "SELECT * FROM sighting WHERE attribute = ? AND deleted = 0 ORDER BY date DESC LIMIT 20",
    );
    const supports = this.#sql<SupportRow>("SELECT * FROM support WHERE indicator = ? ORDER BY attribute").all(
      indicator,
    );
    return supports.flatMap((support) => {
      const row = attribute.get(support.attribute);
      return row ? [{ support, attribute: row, event: this.#event(row.event), sightings: sightings.all(row.id) }] : [];
    });
  }

  /** The newest sightings that count for a value wherever it occurs. */
  sightings(value: string): SightingRow[] {
    return this.#sql<SightingRow>(
      "SELECT * FROM sighting WHERE value = ? AND deleted = 0 ORDER BY date DESC LIMIT 20",
    ).all(value);
  }

  organisation(id: number): string | undefined {
    return this.#sql<{ name: string | null }>("SELECT name FROM organisation WHERE id = ?").get(id)?.name ?? undefined;
  }

  /** What sightings of an attribute alone say of it. */
  sayings(attribute: number, known: Acquaintances): Sayings {
    this.#opinions ??= new Opinions(this.#database, new Sightings(this.#database));
    return this.#opinions.ofAttribute(attribute, known);
  }

  /** The attributes that hold an indicator up, as the filter of a target looks at them. */
  qualifying(indicator: IndicatorRow, isDown: (attribute: number) => boolean): QualifyingSupport[] {
    return new Supporters(this.#database, isDown).qualifying(indicator);
  }

  /** Since when a target holds an indicator, milliseconds, or may hold it; `undefined`: it does not. */
  held(target: string, indicator: number): { since: number; doubtful: boolean } | undefined {
    const sql =
      "SELECT h.since, h.shown FROM target t JOIN held h ON h.target = t.id WHERE t.name = ? AND h.indicator = ?";
    const row = this.#sql<{ since: number; shown: string }>(sql).get(target, indicator);
    return row && { since: row.since, doubtful: row.shown === IN_DOUBT };
  }

  /** What a guard keeps from a target of one indicator. */
  aside(target: string, indicator: number): { kind: string; state: string; since: number } | undefined {
    return this.#sql<{ kind: string; state: string; since: number }>(
      "SELECT a.kind, a.state, a.since FROM aside a JOIN target t ON t.id = a.target WHERE t.name = ? AND a.indicator = ?",
    ).get(target, indicator);
  }

  /** How far a target has come, or `undefined` when it was never opened. */
  position(target: string): number | undefined {
    return this.#sql<{ position: number }>("SELECT position FROM target WHERE name = ?").get(target)?.position;
  }

  /** A fact that is kept beside the rest, as it was saved. */
  fact(name: string): string | undefined {
    return this.#sql<{ value: string }>("SELECT value FROM fact WHERE name = ?").get(name)?.value;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** What guards keep from targets. */
  get holds(): HoldLists {
    return new HoldLists(this.#database);
  }

  /** For which targets guards hold something, which is no work to look up. */
  heldFor(): { target: number; kind: string; since: number }[] {
    return this.#sql<{ target: number; kind: string; since: number }>(
      "SELECT target, kind, since FROM hold ORDER BY target, kind",
    ).all();
  }

  #targets(): TargetSummary[] {
    return this.#sql<TargetSummary>(
      `SELECT t.name, count(h.indicator) AS held, count(*) FILTER (WHERE h.shown = '${IN_DOUBT}') AS doubtful,
              (SELECT count(*) FROM indicator WHERE revision > position) + (SELECT count(*) FROM again WHERE target = t.id) AS lag
       FROM target t LEFT JOIN held h ON h.target = t.id GROUP BY t.id ORDER BY t.name`,
    ).all();
  }

  /** Of a name without end its beginning: thousands of attributes of one event may hold up the same value. */
  #event(id: number): EventRow | undefined {
    const info = "CASE WHEN octet_length(info) > 4000 THEN substr(info, 1, 999) || '…' ELSE info END AS info";
    return this.#sql<EventRow>(`SELECT *, ${info} FROM event WHERE id = ?`).get(id);
  }

  /** A fact that is a list; one that was never saved is empty. */
  #list<Item>(name: string): Item[] {
    return JSON.parse(this.fact(name) ?? "[]");
  }

  #number(name: string): number {
    return Number(this.fact(name) ?? 0);
  }

  #count(sql: string): number {
    return this.#sql<{ count: number }>(sql).get()?.count ?? 0;
  }

  #sql<Row>(sql: string): Statement<Row> {
    return this.#database.prepare<Row>(sql);
  }
}
