import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { LEDGER_FILE } from "../courier/open-ledger.ts";
import type { Discarded, Hold } from "../ledger/delta/hold-lists.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import { counted } from "../model/counted.ts";
import { REASONS } from "../model/verdict.ts";
import { type Command, type Given, jsonOption, type Terminal } from "./command.ts";
import { configOption } from "./config-option.ts";
import { runDecision } from "./decide.ts";
import { printable } from "./printable.ts";

export const held: Command = {
  usage: "held list|release|discard [TARGET] [--discarded] [--config FILE] [--json]",
  summary:
    "Changes that a guard holds: list them, release them to the target, or discard them, which leaves the target as it is.",
  details: "With --discarded, list shows and release releases what was discarded before.",
  options: { ...configOption, ...jsonOption, discarded: { type: "boolean", default: false } },
  words: [1, 2],
  run: (given, terminal) => runDecision(given.values.discarded === true ? DISCARDED : WAITING, given, terminal),
};

const WAITING = { decisions: { release: "held-release", discard: "held-discard" }, list: listHeld } as const;
const DISCARDED = { decisions: { release: "discarded-release" }, list: listDiscarded } as const;

async function listHeld(config: Config, given: Given, { out }: Terminal): Promise<void> {
  using ledger = ledgerOf(config);
  const holds = ledger.holds.held().filter(asked(given));
  if (given.values.json === true) {
    const shown = holds.map((hold) => ({ ...hold, since: new Date(hold.since).toISOString() }));
    return out(JSON.stringify(shown, null, 2));
  }
  const discarded = ledger.holds.discarded().filter(asked(given)).map(discardedLine);
  const lines = holds.length === 0 ? ["Nothing is held."] : holds.map((hold) => readable(heldLine(hold), hold));
  out([...lines, ...discarded.map((line) => `${line}; see held list --discarded`)].join("\n"));
}

async function listDiscarded(config: Config, given: Given, { out }: Terminal): Promise<void> {
  using ledger = ledgerOf(config);
  const all = ledger.holds.discarded().filter(asked(given));
  if (given.values.json === true) return out(JSON.stringify(all, null, 2));
  const lines = all.map((discarded) => readable(discardedLine(discarded), discarded));
  out(lines.length === 0 ? "No discarded change is in effect." : lines.join("\n"));
}

function ledgerOf(config: Config): LedgerReport {
  return new LedgerReport(join(resolvePath(config, config.state), LEDGER_FILE));
}

function asked({ positionals: [, only] }: Given): (kept: Discarded) => boolean {
  return ({ target }) => only === undefined || target === only;
}

function heldLine({ target, kind, since, reason, count }: Hold): string {
  return `${target}: ${changes(kind, count)} held since ${new Date(since).toISOString()}, at first because ${reason}`;
}

function discardedLine({ target, kind, count }: Discarded): string {
  return `${target}: ${changes(kind, count)} discarded`;
}

function changes(kind: Hold["kind"], count: number): string {
  return counted(count, kind === "add" ? "addition" : "removal");
}

/** What is kept aside, below a line that says so. */
function readable(line: string, { count, why, samples }: Discarded): string {
  const reasons = Object.entries(why).map(([word, number]) => {
    return `  ${String(number).padStart(9)}  ${REASONS[word as keyof typeof REASONS] ?? word}`;
  });
  return [
    line,
    ...reasons,
    ...samples.map(({ type, value }) => `    ${printable(type)} ${printable(value)}`),
    ...(count > samples.length ? [`    and ${count - samples.length} more`] : []),
  ].join("\n");
}
