import type { Config } from "../config/schema.ts";
import type { Knowledge } from "../curation/knowledge.ts";
import { partsOf } from "../curation/split.ts";
import { wanted } from "../curation/wanted.ts";
import type { Journal } from "../delivery/journal.ts";
import { tagsOf } from "../ledger/events.ts";
import { formsOf } from "../ledger/forms-of-value.ts";
import type { IndicatorRow } from "../ledger/indicators.ts";
import { originIn, uuidIn } from "../ledger/recorded.ts";
import type { LedgerReport, SupportReport } from "../ledger/report/report.ts";
import { LOUDEST, type SightingRow } from "../ledger/sightings.ts";
import type { Indicator } from "../model/indicator.ts";
import { isoTime } from "../model/iso-time.ts";
import { SightingType } from "../model/misp.ts";
import type { Reason, ScorePart } from "../model/verdict.ts";
import type { Protections } from "./knowledge/protections.ts";
import { viewOf } from "./open-targets.ts";
import { thumbOnPair } from "./thumb-on-pair.ts";

/** Why a value is, or is not, where it is: the shape of `explain --json`. Times are ISO 8601. */
export interface Explanation {
  value: string;
  indicators: IndicatorExplanation[];
  /** Attributes that have the value but hold up no indicator. */
  elsewhere: { attributeId: number; type: string; event: string }[];
}

interface IndicatorExplanation {
  type: string;
  value: string;
  withheld: Reason | null;
  score: number;
  /** What the score is made of; the points add up to it. */
  parts: ScorePart[];
  since: string;
  supports: SupportExplanation[];
  sightings: SightingExplanation[];
  targets: TargetExplanation[];
}

interface SupportExplanation {
  attributeId: number;
  attributeUuid: string;
  type: string;
  eventId: number;
  eventUuid: string;
  /** Which MISP another courier has it from; `null`: our own. */
  origin: string | null;
  event: string;
  organisation: string;
  changed: string;
  publishedThrough: string | null;
  tags: string[];
  withheld: Reason | null;
  /** Where warninglists of role block withhold it: which of them, and their entries. */
  warninglists: string[];
  sightings: SightingExplanation[];
}

interface SightingExplanation {
  date: string;
  type: "seen" | "false positive" | "expired";
  organisation: string;
  source: string;
  /** False where its organisation said so too often within an hour. */
  counts: boolean;
  text: string;
}

interface TargetExplanation {
  name: string;
  /** False where it is switched off: then nothing that it should hold reaches it. */
  enabled: boolean;
  held: boolean;
  since: string | null;
  /** It only may hold it: a delivery failed half-way. */
  doubtful: boolean;
  wanted: boolean;
  withheld: Reason | null;
  /** What its guard protects, where that is why. */
  protectedBy: string | null;
  /** Its guard keeps a change of it from the target: `add` or `remove`, and whether a person has yet to decide. */
  aside: { kind: string; state: string; since: string } | null;
  expires: string | null;
  /** It has not come to this indicator's last change yet. */
  pending: boolean;
  parked: string | null;
}

interface Sources {
  config: Config;
  ledger: LedgerReport;
  journal: Journal;
  protections: Pick<Protections, "of">;
  /** Warninglists and trust; missing: no list is named, and nobody but the own organisation known to be trusted. */
  knowledge?: Knowledge;
  targets: readonly string[];
  /** Milliseconds. */
  now: number;
}

export async function explainValue(value: string, sources: Sources): Promise<Explanation> {
  const { ledger } = sources;
  const indicators = ledger.indicators(formsOf(value)).map((row) => explainIndicator(row, sources));
  const elsewhere = indicators.length > 0 ? [] : await ledger.attributes(value);
  return {
    value,
    indicators,
    elsewhere: elsewhere.map(({ attribute, event }) => ({
      attributeId: attribute.id,
      type: attribute.type,
      event: event?.info ?? String(attribute.event),
    })),
  };
}

function explainIndicator(row: IndicatorRow, sources: Sources): IndicatorExplanation {
  const { ledger, targets } = sources;
  const supports = ledger.supports(row.id);
  return {
    type: row.type,
    value: row.value,
    withheld: row.withheld,
    score: row.score,
    parts: row.parts === "" ? [{ name: "neutral", points: row.score, reason: NOTHING_KNOWN }] : JSON.parse(row.parts),
    since: isoTime(row.since),
    supports: supports.map((support) => explainSupport(support, row, sources)),
    sightings: ledger.sightings(row.value).map((sighting) => explainSighting(sighting, ledger)),
    targets: targets.map((name) => explainTarget(name, row, sources)),
  };
}

const NOTHING_KNOWN = "nothing is known for it or against it";

function explainSupport(
  { support, attribute, event, sightings }: SupportReport,
  indicator: Indicator,
  sources: Sources,
): SupportExplanation {
  const { ledger, knowledge } = sources;
  const withheld = support.withheld ?? (support.composite ? thumbOnPair(attribute.id, sources) : null);
  return {
    attributeId: attribute.id,
    attributeUuid: uuidIn(attribute.uuid),
    type: attribute.type,
    eventId: attribute.event,
    eventUuid: uuidIn(event?.uuid ?? ""),
    origin: originIn(attribute.uuid),
    event: event?.info ?? "",
    organisation: event?.creator_name ?? "an unknown organisation",
    changed: isoTime(attribute.timestamp * 1000),
    publishedThrough: event?.published_through ? isoTime(event.published_through * 1000) : null,
    tags: [...new Set([...(event ? tagsOf(event) : []), ...tagsOf(attribute)])],
    withheld,
    warninglists: knowledge && withheld === "warninglist" ? blocking(attribute, indicator, knowledge) : [],
    // Of a simple type they stand with the value, where they count for every attribute that has it.
    sightings: support.composite ? sightings.map((sighting) => explainSighting(sighting, ledger)) : [],
  };
}

/** The lists that keep back what an attribute makes of an indicator, with the entry of each. */
function blocking({ type, value }: Indicator, indicator: Indicator, { warn }: Knowledge): string[] {
  const part = partsOf(type, value).find((one) => one.type === indicator.type && one.value === indicator.value);
  const { hits } = warn(type, part?.raw ?? value);
  return hits.filter(({ role }) => role === "block").map(({ list, entry }) => `${list.name} (${entry})`);
}

/** Whether lists have a say in it: one withholds a support, which is then to be named, or tells whose sightings weigh more. */
export function asksForLists({ indicators }: Explanation, { indicators: rules }: Config): boolean {
  const supports = indicators.flatMap((indicator) => indicator.supports);
  return supports.some(
    ({ withheld, sightings }) => withheld === "warninglist" || (sightings.length > 0 && rules.sightings !== "latest"),
  );
}

const SAID = {
  [SightingType.seen]: "seen",
  [SightingType.falsePositive]: "false positive",
  [SightingType.expired]: "expired",
} as const;

function explainSighting(sighting: SightingRow, ledger: LedgerReport): SightingExplanation {
  const { date, type, organisation, source, muted } = sighting;
  const said = SAID[type as keyof typeof SAID];
  const by = ledger.organisation(organisation) ?? `organisation ${organisation}`;
  const when = isoTime(date * 1000);
  const why = muted ? `; does not count: it said so more than ${LOUDEST.count} times within an hour` : "";
  const text = `${when} ${said}, by ${by}${source ? ` (${source})` : ""}${why}`;
  return { date: when, type: said, organisation: by, source, counts: muted === 0, text };
}

function explainTarget(name: string, row: IndicatorRow, sources: Sources): TargetExplanation {
  const { config, ledger, journal, protections, now } = sources;
  const isDown = (attribute: number) => thumbOnPair(attribute, sources) !== null;
  const protection = protections.of(name);
  const settings = config.targets[name];
  if (!settings) throw new Error(`target ${name} is not configured`);
  const wish = wanted(row, () => ledger.qualifying(row, isDown), viewOf(name, settings, protection).rules, now);
  const kept = protection(row);
  const held = ledger.held(name, row.id);
  const aside = ledger.aside(name, row.id);
  const parked = journal.targets[name]?.parked.find(({ type, value }) => type === row.type && value === row.value);
  return {
    name,
    enabled: settings.enabled,
    held: held !== undefined,
    since: held === undefined ? null : isoTime(held.since),
    // Of what is under way a moment tells nothing.
    doubtful: held?.doubtful === true && (journal.targets[name]?.attempts ?? 0) > 0,
    wanted: !("withheld" in wish),
    withheld: "withheld" in wish ? wish.withheld : null,
    protectedBy: "withheld" in wish && wish.withheld === kept?.withheld ? kept.by : null,
    aside: aside ? { ...aside, since: isoTime(aside.since) } : null,
    expires: "withheld" in wish || wish.expires === null ? null : isoTime(wish.expires * 1000),
    pending: settings.enabled && (ledger.position(name) ?? 0) < row.revision,
    parked: parked?.reason ?? null,
  };
}
