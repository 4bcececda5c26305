import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { asksForLists, type Explanation, explainValue } from "../courier/explanation.ts";
import { knowledgeOnDisk } from "../courier/knowledge/on-disk.ts";
import { Protections } from "../courier/knowledge/protections.ts";
import { JOURNAL_FILE, LEDGER_FILE } from "../courier/open-ledger.ts";
import { Journal } from "../delivery/journal.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import { silent } from "../log.ts";
import { REASONS } from "../model/verdict.ts";
import { type Command, Exit, jsonOption, textOption } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { demandTarget } from "./demand-target.ts";
import { printable } from "./printable.ts";

export const explain: Command = {
  usage: "explain VALUE [--target NAME] [--config FILE] [--json]",
  summary: "Why a value is, or is not, at each target: the whole chain of reasons, from MISP's attributes on.",
  details: "With --target, for that target only.",
  options: { ...configOption, ...jsonOption, target: { type: "string" } },
  words: [1, 1],
  async run(given, { environment, out, clock }) {
    const config = givenConfig(given, environment);
    const target = textOption(given, "target");
    if (target !== undefined) demandTarget(config, target);
    const state = resolvePath(config, config.state);
    using ledger = new LedgerReport(join(state, LEDGER_FILE));
    const journal = await Journal.open(join(state, JOURNAL_FILE));
    using protections = await Protections.read(config, silent);
    const only = target === undefined ? Object.keys(config.targets) : [target];
    const value = given.positionals[0] ?? "";
    const sources = { config, ledger, journal, protections, targets: only, now: clock() };
    const found = await explainValue(value, sources);
    // Reading all lists takes a second, which only what they have a say in is worth.
    const explanation = asksForLists(found, config)
      ? await explainValue(value, { ...sources, knowledge: await knowledgeOnDisk(config, ledger) })
      : found;
    out(given.values.json === true ? JSON.stringify(explanation, null, 2) : readable(explanation, config));
    return Exit.ok;
  },
};

const WHY_UNHEARD = {
  courier: "MISP has no such attribute, or has not mentioned it since the courier first ran.",
  forwarder: "The topic has no such record, or none that can be read.",
};

function readable({ value, indicators, elsewhere }: Explanation, { role }: Config): string {
  if (indicators.length > 0) return indicators.map(readableIndicator).join("\n\n");
  if (elsewhere.length === 0) return `${printable(value)} was never heard of. ${WHY_UNHEARD[role]}`;
  const held = elsewhere.map(({ type, event }) => `  ${printable(type)} in event ${printable(event)}`);
  return `${printable(value)} was heard of, but makes no indicator: it is not a valid value of its type.\n${held.join("\n")}`;
}

function readableIndicator(indicator: Explanation["indicators"][number]): string {
  const { type, value, withheld, score, parts, since, supports, sightings, targets } = indicator;
  const standing = withheld === null ? "active" : `withheld: ${REASONS[withheld]}`;
  return [
    `${printable(type)} ${printable(value)}`,
    `  ${standing} (since ${since}), score ${score}`,
    ...parts.map(({ name, points, reason }) => `    ${signed(points)}  ${name}: ${printable(reason)}`),
    `  held up by:`,
    ...(supports.length === 0 ? ["    nothing"] : supports.flatMap(readableSupport)),
    ...(sightings.length > 0
      ? ["  sightings of this value:", ...sightings.map(({ text }) => `    ${printable(text)}`)]
      : []),
    "  targets:",
    ...(targets.length === 0 ? ["    none is configured"] : targets.map((target) => `    ${readableTarget(target)}`)),
  ].join("\n");
}

function signed(points: number): string {
  return `${points < 0 ? "-" : "+"}${Math.abs(points)}`.padStart(4);
}

function readableSupport(support: Explanation["indicators"][number]["supports"][number]): string[] {
  const { attributeId, type, event, eventId, organisation, changed, tags, withheld, sightings, origin } = support;
  const which = support.warninglists.map((list) => `: ${printable(list)}`).join("");
  const verdict = withheld === null ? "qualifies" : `does not qualify: ${REASONS[withheld]}${which}`;
  return [
    `    attribute ${attributeId} (${printable(type)}) of event ${eventId} ${printable(JSON.stringify(event))} by ${printable(organisation)}${origin === null ? "" : `, from ${printable(origin)}`}, changed ${changed}`,
    ...(tags.length > 0 ? [`      tags: ${tags.map(printable).join(", ")}`] : []),
    ...sightings.map(({ text }) => `      ${printable(text)}`),
    `      ${verdict}`,
  ];
}

function readableTarget({
  name,
  enabled,
  held,
  since,
  doubtful,
  wanted,
  withheld,
  expires,
  protectedBy,
  aside,
  parked,
  pending,
}: Explanation["indicators"][number]["targets"][number]): string {
  const wish = wanted
    ? `is to hold it${expires === null ? "" : ` until ${expires}`}`
    : `is not to hold it: ${withheld ? REASONS[withheld] : ""}${protectedBy === null ? "" : ` (${printable(protectedBy)})`}`;
  const certain = held ? `holds it since ${since}` : "does not hold it";
  const state = doubtful ? "may hold it (a delivery failed half-way)" : certain;
  if (!enabled) return `${name}: ${state}, and is switched off`;
  const kept = aside ? [`its guard keeps back the ${KINDS[aside.kind] ?? "change"}, ${STATES[aside.state] ?? ""}`] : [];
  const rest = [
    ...kept,
    ...(pending ? ["a change is on its way"] : []),
    ...(parked ? [`parked: ${printable(parked)}`] : []),
  ];
  return [`${name}: ${state}, ${wish}`, ...rest].join("; ");
}

const KINDS: Record<string, string> = { add: "addition", remove: "removal" };
const STATES: Record<string, string> = {
  waiting: "until all is judged by the new rules",
  held: "until a person decides",
  discarded: "as a person decided",
};
