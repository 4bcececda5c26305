import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { JOURNAL_FILE, LEDGER_FILE } from "../courier/open-ledger.ts";
import { Journal, type JournalEntry } from "../delivery/journal.ts";
import { repairWords } from "../ledger/blind-spells.ts";
import { LedgerReport, type Summary, type TargetSummary } from "../ledger/report/report.ts";
import { counted } from "../model/counted.ts";
import { isoTime } from "../model/iso-time.ts";
import { REASONS } from "../model/verdict.ts";
import { type Command, Exit, jsonOption } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { printable } from "./printable.ts";

export const status: Command = {
  usage: "status [--config FILE] [--json]",
  summary: "How many indicators there are, and how far each target is. Also works while the courier is stopped.",
  options: { ...configOption, ...jsonOption },
  words: [0, 0],
  async run(given, { environment, out, clock }) {
    const config = givenConfig(given, environment);
    const state = resolvePath(config, config.state);
    using ledger = new LedgerReport(join(state, LEDGER_FILE));
    const journal = await Journal.open(join(state, JOURNAL_FILE));
    const summary = ledger.summary();
    const targets = summary.targets.map((target) => ({
      ...target,
      fed: fedNow(config, target.name),
      ...fieldsOf(journal.targets[target.name]),
    }));
    out(
      given.values.json === true
        ? JSON.stringify({ ...summary, targets }, null, 2)
        : readable(config.role, summary, targets, clock()),
    );
    return Exit.ok;
  },
};

type TargetStatus = TargetSummary & { fed: Fed } & ReturnType<typeof fieldsOf>;

/** Whether a target is to get anything, by the configuration. */
type Fed = "yes" | "to be emptied" | "switched off" | "no longer configured";

function fedNow({ targets }: Config, name: string): Fed {
  if (!Object.hasOwn(targets, name)) return "no longer configured";
  if (!targets[name]?.enabled) return "switched off";
  return targets[name].retire ? "to be emptied" : "yes";
}

function fieldsOf(entry: JournalEntry | undefined) {
  return {
    attempts: entry?.attempts ?? 0,
    failingSince: entry?.failingSince ?? null,
    nextAttempt: entry?.nextAttempt ?? null,
    lastError: entry?.lastError ?? null,
    parked: entry?.parked.length ?? 0,
  };
}

function readable(role: Config["role"], summary: Summary, targets: readonly TargetStatus[], now: number): string {
  const withheld = Object.entries(summary.withheld).map(
    ([reason, count]) => `  ${String(count).padStart(9)}  ${REASONS[reason as keyof typeof REASONS]}`,
  );
  const guarded = new Set(summary.held.map(({ target }) => target));
  return [
    `Indicators: ${summary.active} active, from ${counted(summary.attributes, "attribute")} in ${counted(summary.events, "event")}.`,
    ...(withheld.length > 0 ? ["Withheld, by reason:", ...withheld] : []),
    `Messages: ${summary.heard} heard, ${summary.unreadable} could not be read.`,
    ...summary.unreadableMessages.map(
      ({ at, topic, reason }) => `  ${isoTime(at)}  ${JSON.stringify(topic)}: ${reason}`,
    ),
    role === "forwarder"
      ? `Topic: last heard ${moment(summary.heardAt)}, last read to its end ${moment(summary.caughtUp)}.`
      : `MISP: feed last heard ${moment(summary.heardAt)}, last caught up ${moment(summary.caughtUp)}.`,
    ...(summary.catchUpFailed ? [`  the last try to catch up failed: ${printable(summary.catchUpFailed)}`] : []),
    ...summary.blindSpells.slice(0, 5).map(blindLine),
    ...summary.findings.map((finding) => `  ${printable(finding)}`),
    ...uncuratedLines(summary.uncurated),
    ...sensedLines(summary.sensed),
    ...(summary.reviewing ? ["Part of the ledger is being judged again."] : []),
    "Targets:",
    ...targets.flatMap((target) => targetLines(target, guarded.has(target.name), now)),
    ...summary.held.map(
      ({ target, kind, count, reason }) =>
        `  ${target}: its guard holds ${counted(count, kind === "add" ? "addition" : "removal")}, at first because ${reason}; see misp-courier held list`,
    ),
  ].join("\n");
}

function targetLines(target: TargetStatus, guarded: boolean, now: number): string[] {
  const doubt = target.doubtful ? ` (${target.doubtful} of them in doubt)` : "";
  const isServed = target.fed === "yes" || target.fed === "to be emptied";
  if (!isServed) return [`  ${target.name}: keeps ${target.held}${doubt}, ${target.fed}`];
  const state = target.attempts === 0 ? standing(target, guarded) : "failing";
  const lines = [
    `  ${target.name}: holds ${target.held}${doubt}, ${state}${target.parked ? `, ${target.parked} parked` : ""}`,
  ];
  if (target.attempts > 0) {
    const wait = Math.max(0, Math.round(((target.nextAttempt ?? now) - now) / 1000));
    lines.push(
      `    since ${isoTime(target.failingSince ?? now)}, ${counted(target.attempts, "attempt")}, next in ${wait} s: ${printable(target.lastError ?? "")}`,
    );
  }
  return lines;
}

function standing({ lag, fed, held }: TargetStatus, guarded: boolean): string {
  if (fed === "to be emptied") return held === 0 ? "as it is retired" : "is being emptied";
  if (lag > 0) return `${counted(lag, "change")} behind`;
  return guarded ? "in step but for what its guard holds" : "in step";
}

function blindLine({ since, until, cause, repaired }: Summary["blindSpells"][number]): string {
  const end = until === null ? "until now" : `to ${isoTime(until)}`;
  const made = repaired === null ? "not made up for yet" : `made up for (${repairWords(repaired)})`;
  return `  blind from ${isoTime(since)} ${end}: ${cause}, ${made}`;
}

/** The first of the events that wait, and how many there are. */
function uncuratedLines(uncurated: Summary["uncurated"]): string[] {
  if (uncurated.length === 0) return [];
  const shown = uncurated.slice(0, 5).map(({ event, reason }) => `    ${event}: ${printable(reason)}`);
  const more = uncurated.length > shown.length ? [`    and ${uncurated.length - shown.length} more`] : [];
  return [`  Events that wait for their curation: ${uncurated.length}`, ...shown, ...more];
}

function sensedLines({ waiting, posted, refused }: Summary["sensed"]): string[] {
  if (waiting + posted + refused === 0) return [];
  return [`Sightings of sensors: ${waiting} wait for MISP, which accepted ${posted} and refused ${refused}.`];
}

function moment(milliseconds: number): string {
  return milliseconds === 0 ? "never" : isoTime(milliseconds);
}
