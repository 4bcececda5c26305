import { type Holder, judge } from "../curation/judge.ts";
import { isTie, qualify, type Support } from "../curation/qualify.ts";
import type { Rules } from "../curation/rules.ts";
import { indicatorsOf } from "../curation/split.ts";
import { NO_THUMBS } from "../curation/thumbs.ts";
import { type Indicator, isComposite } from "../model/indicator.ts";
import type { Verdict } from "../model/verdict.ts";
import type { AttributeRow } from "./attributes.ts";
import type { EventRow } from "./events.ts";
import type { IndicatorEntry, IndicatorRow, Indicators, SupportRow } from "./indicators.ts";
import { joined, referenceOf } from "./joined.ts";
import type { Sightings } from "./sightings.ts";

/** Links attributes to the indicators that they hold up, and judges each touched indicator once. */
export class Judging {
  readonly #indicators: Indicators;
  readonly #sightings: Sightings;
  readonly #rules: Rules;
  /** Touched in this transaction; `true` where something that targets may show has changed. */
  readonly #touched = new Map<IndicatorEntry, boolean>();

  constructor(indicators: Indicators, sightings: Sightings, rules: Rules) {
    this.#indicators = indicators;
    this.#sightings = sightings;
    this.#rules = rules;
  }

  /**
   * Brings the supports of an attribute in line with what it now says.
   * @returns true when only REST can tell whether it was published
   */
  link(before: AttributeRow | undefined, after: AttributeRow, event: EventRow | undefined, now: number): boolean {
    const indicators = indicatorsOf(after.type, after.value);
    if (before && (before.type !== after.type || before.value !== after.value)) this.unlink(before, indicators);
    const support = joined(after, event);
    for (const indicator of indicators) this.#support(indicator, after, support, now);
    return isTie(support);
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

  #support(indicator: Indicator, attribute: AttributeRow, support: Support, now: number): void {
    const entry = this.#indicators.ensure(indicator, now);
    const before = entry.supports.get(attribute.id);
    const withheld = qualify(support, indicator.type, before?.withheld === null, this.#rules, now);
    const reference = referenceOf(attribute);
    const composite = isComposite(attribute.type) ? 1 : 0;
    if (!before || before.withheld !== withheld || before.reference !== reference) {
      const row = { indicator: entry.row.id, attribute: attribute.id, withheld, reference, composite };
      this.#indicators.putSupport(entry, row);
    }
    this.touch(entry, true);
  }

  #verdict({ row, supports }: IndicatorEntry, now: number): Verdict {
    const thumbs = isComposite(row.type) ? NO_THUMBS : this.#sightings.thumbsOfValue(row.value);
    const holders = [...supports.values()].map((support) => this.#holder(support));
    const verdict = judge(row.type, holders, thumbs, this.#rules, now);
    const settles = holders.some(({ withheld }) => withheld === "settling");
    return settles ? { ...verdict, due: Math.ceil((now + this.#rules.settle) / 1000) } : verdict;
  }

  #holder({ attribute, withheld, reference, composite }: SupportRow): Holder {
    return { withheld, reference, thumbs: composite ? this.#sightings.thumbsOfAttribute(attribute) : undefined };
  }
}

function sameVerdict(row: IndicatorRow, verdict: Verdict): boolean {
  return (
    row.revision > 0 &&
    row.withheld === verdict.withheld &&
    row.reference === verdict.reference &&
    row.score === verdict.score &&
    row.due === verdict.due
  );
}
