import { type Holder, judge, thumbOf } from "../curation/judge.ts";
import { IGNORANCE, type Knowledge } from "../curation/knowledge.ts";
import { isTie, qualify, type Support } from "../curation/qualify.ts";
import type { Rules } from "../curation/rules.ts";
import { indicatorsOf, type Part, partsOf } from "../curation/split.ts";
import { type Worth, worthOf } from "../curation/worth.ts";
import { type Indicator, isComposite } from "../model/indicator.ts";
import { memo } from "../model/memo.ts";
import type { Verdict } from "../model/verdict.ts";
import type { AttributeRow } from "./attributes.ts";
import type { EventRow } from "./events.ts";
import { type IndicatorEntry, type IndicatorRow, type Indicators, partsColumn, type SupportRow } from "./indicators.ts";
import { joined, referenceOf } from "./joined.ts";
import { type Opinions, SILENCE } from "./opinions.ts";

/** How an attribute is looked at; `context`: targets may have to hear of it in any case. */
interface Circumstances {
  support: Support;
  context: boolean;
  now: number;
}

/** What the filter of a target looks at beside what a support's own standing tells. */
const FILTERED = ["type", "value", "event", "tags", "distribution"] as const;

/** Links attributes to the indicators that they hold up, and judges each touched indicator once. */
export class Judging {
  readonly #indicators: Indicators;
  readonly #opinions: Opinions;
  readonly #rules: Rules;
  /** Warninglists and trust, as they are now. */
  knowledge: Knowledge = IGNORANCE;
  /** Some target shows where an indicator comes from: whatever is told of an attribute may concern it. */
  showsOrigins = false;
  /** Touched in this transaction; `true` where something that targets may show has changed. */
  readonly #touched = new Map<IndicatorEntry, boolean>();

  constructor(indicators: Indicators, opinions: Opinions, rules: Rules) {
    this.#indicators = indicators;
    this.#opinions = opinions;
    this.#rules = rules;
  }

  /**
   * Brings the supports of an attribute in line with what it now says.
   * @returns true when only REST can tell whether it was published
   */
  link(before: AttributeRow | undefined, after: AttributeRow, event: EventRow | undefined, now: number): boolean {
    const parts = partsOf(after.type, after.value);
    if (before && (before.type !== after.type || before.value !== after.value)) this.unlink(before, parts);
    const support = joined(after, event);
    const context = this.#isContext(before, after);
    for (const part of parts) this.#support(part, after, { support, context, now });
    return isTie(support, now);
  }

  /** Whether a target may have to hear of it even where the attribute's word on its indicators stays the same. */
  #isContext(before: AttributeRow | undefined, after: AttributeRow): boolean {
    // The same row over again: something about its event is new.
    if (!before || before === after || this.showsOrigins) return true;
    return FILTERED.some((column) => before[column] !== after[column]);
  }

  /** Takes an attribute away from its indicators, except from those that it still holds up. */
  unlink(attribute: AttributeRow, except: readonly Indicator[] = []): void {
    for (const indicator of indicatorsOf(attribute.type, attribute.value)) {
      if (except.some(({ type, value }) => type === indicator.type && value === indicator.value)) continue;
      const entry = this.#indicators.find(indicator);
      if (!entry) continue;
      this.#indicators.removeSupport(entry, attribute.id);
      this.touch(entry, true);
    }
  }

  /** An indicator is to be judged again before this transaction ends. */
  touch(entry: IndicatorEntry, context = false): void {
    this.#touched.set(entry, context || this.#touched.get(entry) === true);
  }

  /** Everything that an attribute holds up is to be judged again. */
  touchHeldBy(attribute: AttributeRow): void {
    for (const indicator of indicatorsOf(attribute.type, attribute.value)) {
      const entry = this.#indicators.find(indicator);
      // Targets with a filter of their own look at each support, whatever the verdict is.
      if (entry) this.touch(entry, true);
    }
  }

  /** Judges what was touched. An unchanged verdict over unchanged facts gets no revision: no target has to hear of it. */
  conclude(now: number): void {
    for (const [entry, context] of this.#touched) {
      const verdict = this.#verdict(entry, now);
      if (context || !sameVerdict(entry.row, verdict)) this.#indicators.decide(entry, verdict, now);
    }
    this.#touched.clear();
  }

  /** A transaction was undone. */
  abandon(): void {
    this.#touched.clear();
  }

  #support(part: Part, attribute: AttributeRow, { support, context, now }: Circumstances): void {
    const entry = this.#indicators.ensure(part, now);
    const before = entry.supports.get(attribute.id);
    const warned = this.knowledge.warn(attribute.type, part.raw);
    const withheld = qualify(support, part.type, warned.block, before?.withheld === null, this.#rules, now);
    const reference = referenceOf(attribute);
    const worth = worthColumn(worthOf(support, warned, this.knowledge));
    const changes = !before || before.withheld !== withheld || before.reference !== reference || before.worth !== worth;
    if (changes) {
      const composite = isComposite(attribute.type) ? 1 : 0;
      const row = { indicator: entry.row.id, attribute: attribute.id, withheld, reference, composite, worth };
      this.#indicators.putSupport(entry, row);
    }
    if (changes || context) this.touch(entry, true);
  }

  #verdict({ row, supports }: IndicatorEntry, now: number): Verdict {
    const sayings = isComposite(row.type) ? SILENCE : this.#opinions.ofValue(row.value, this.knowledge);
    const holders = [...supports.values()].map((support) => this.#holder(support));
    const verdict = judge(row.type, holders, sayings, this.#rules, now);
    const settles = holders.some(({ withheld }) => withheld === "settling");
    return settles ? { ...verdict, due: Math.ceil((now + this.#rules.settle) / 1000) } : verdict;
  }

  /** Whether the sightings of a composite attribute, which count for it alone, say that it holds nothing up. */
  isDown(attribute: number): boolean {
    return thumbOf(this.#opinions.ofAttribute(attribute, this.knowledge), this.#rules) !== null;
  }

  /** Whether the sightings of a value say that it is none to be afraid of, and one of them was heard since (milliseconds). */
  isValueDown(value: string, heardSince = Number.NEGATIVE_INFINITY): boolean {
    if (thumbOf(this.#opinions.ofValue(value, this.knowledge), this.#rules) === null) return false;
    return this.#opinions.downHeard(value) > heardSince;
  }

  #holder({ attribute, withheld, reference, composite, worth }: SupportRow): Holder {
    const sayings = composite ? this.#opinions.ofAttribute(attribute, this.knowledge) : undefined;
    return { withheld, reference, sayings, worth: worth === "" ? null : worthIn(worth) };
  }
}

function worthColumn(worth: Worth | null): string {
  return worth === null ? "" : JSON.stringify(worth);
}

const worthIn = memo((column): Worth => JSON.parse(column));

function sameVerdict(row: IndicatorRow, verdict: Verdict): boolean {
  return (
    row.revision > 0 &&
    row.withheld === verdict.withheld &&
    row.reference === verdict.reference &&
    row.score === verdict.score &&
    row.parts === partsColumn(verdict) &&
    row.due === verdict.due
  );
}
