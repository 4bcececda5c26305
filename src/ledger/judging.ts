import { type Holder, judge } from "../curation/judge.ts";
import { isTie, qualify, type Support } from "../curation/qualify.ts";
import type { Rules } from "../curation/rules.ts";
import { indicatorsOf } from "../curation/split.ts";
import { NO_THUMBS } from "../curation/thumbs.ts";
import { type Indicator, isComposite, keyOf } from "../model/indicator.ts";
import type { Verdict } from "../model/verdict.ts";
import type { AttributeRow } from "./attributes.ts";
import type { EventRow } from "./events.ts";
import type { IndicatorRow, Indicators, SupportRow } from "./indicators.ts";
import { joined, referenceOf } from "./joined.ts";
import type { Sightings } from "./sightings.ts";

/** Links attributes to the indicators that they hold up, and judges each touched indicator once. */
export class Judging {
  readonly #indicators: Indicators;
  readonly #sightings: Sightings;
  readonly #rules: Rules;
  /** Touched in this transaction; `true` where something that targets may show has changed. */
  readonly #touched = new Map<number, { row: IndicatorRow; context: boolean }>();

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
    const kept = new Set(except.map(keyOf));
    for (const indicator of indicatorsOf(attribute.type, attribute.value)) {
      if (kept.has(keyOf(indicator))) continue;
      const row = this.#indicators.find(indicator);
      if (!row) continue;
      this.#indicators.removeSupport(row.id, attribute.id);
      this.touch(row, true);
    }
  }

  /** An indicator is to be judged again before this transaction ends. */
  touch(row: IndicatorRow, context = false): void {
    const before = this.#touched.get(row.id);
    this.#touched.set(row.id, { row: before?.row ?? row, context: context || (before?.context ?? false) });
  }

  /** Everything that an attribute holds up is to be judged again. */
  touchHeldBy(attribute: AttributeRow): void {
    for (const indicator of indicatorsOf(attribute.type, attribute.value)) {
      const row = this.#indicators.find(indicator);
      if (row) this.touch(row);
    }
  }

  /** Judges what was touched. An unchanged verdict over unchanged facts gets no revision: no target has to hear of it. */
  conclude(now: number): void {
    for (const { row, context } of this.#touched.values()) {
      const verdict = this.#verdict(row, now);
      if (context || !sameVerdict(row, verdict)) this.#indicators.decide(row, verdict, now);
    }
    this.#touched.clear();
  }

  /** A transaction was undone. */
  abandon(): void {
    this.#touched.clear();
  }

  #support(indicator: Indicator, attribute: AttributeRow, support: Support, now: number): void {
    const row = this.#indicators.ensure(indicator, now);
    const before = row.revision === 0 ? undefined : this.#indicators.support(row.id, attribute.id);
    const withheld = qualify(support, indicator.type, before?.withheld === null, this.#rules, now);
    const after: SupportRow = {
      indicator: row.id,
      attribute: attribute.id,
      withheld,
      reference: referenceOf(attribute),
      composite: isComposite(attribute.type) ? 1 : 0,
    };
    if (!before || before.withheld !== withheld || before.reference !== after.reference)
      this.#indicators.putSupport(after);
    this.touch(row, true);
  }

  #verdict(row: IndicatorRow, now: number): Verdict {
    const supports = this.#indicators.supports(row.id);
    const thumbs = isComposite(row.type) ? NO_THUMBS : this.#sightings.thumbsOfValue(row.value);
    const verdict = judge(
      row.type,
      supports.map((support) => this.#holder(support)),
      thumbs,
      this.#rules,
      now,
    );
    const settles = supports.some(({ withheld }) => withheld === "settling");
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
