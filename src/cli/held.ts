import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { LEDGER_FILE } from "../courier/open-ledger.ts";
import type { Hold } from "../ledger/holds.ts";
import { LedgerReport } from "../ledger/report.ts";
import { counted } from "../model/counted.ts";
import { REASONS } from "../model/verdict.ts";
import { type Command, type Given, jsonOption, type Terminal } from "./command.ts";
import { configOption } from "./config-option.ts";
import { runDecision } from "./decide.ts";
import { printable } from "./printable.ts";

export const held: Command = {
  usage: "held list|release|discard [TARGET] [--config FILE] [--json]",
  summary: "Changes that a guard holds: show them, let them go to the target, or leave the target as it is.",
  options: { ...configOption, ...jsonOption },
  words: [1, 2],
  run: (given, terminal) =>
    runDecision({ decisions: { release: "held-release", discard: "held-discard" }, list }, given, terminal),
};

async function list(config: Config, given: Given, { out }: Terminal): Promise<void> {
  using ledger = new LedgerReport(join(resolvePath(config, config.state), LEDGER_FILE));
  const [, target] = given.positionals;
  const holds = ledger.holds().filter((hold) => target === undefined || hold.target === target);
  const shown = holds.map((hold) => ({ ...hold, since: new Date(hold.since).toISOString() }));
  if (given.values.json === true) out(JSON.stringify(shown, null, 2));
  else out(holds.length === 0 ? "Nothing is held." : holds.map(readable).join("\n"));
}

function readable({ target, kind, since, reason, count, why, samples }: Hold): string {
  const reasons = Object.entries(why).map(([word, number]) => {
    return `  ${String(number).padStart(9)}  ${REASONS[word as keyof typeof REASONS] ?? word}`;
  });
  return [
    `${target}: ${counted(count, kind === "add" ? "addition" : "removal")} held since ${new Date(since).toISOString()}, at first because ${reason}`,
    ...reasons,
    ...samples.map(({ type, value }) => `    ${printable(type)} ${printable(value)}`),
    ...(count > samples.length ? [`    and ${count - samples.length} more`] : []),
  ].join("\n");
}
