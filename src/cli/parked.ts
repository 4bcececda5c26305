import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { JOURNAL_FILE, LEDGER_FILE } from "../courier/open-ledger.ts";
import { Journal, MOST_PARKED } from "../delivery/journal.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import { type Command, type Given, jsonOption, type Terminal } from "./command.ts";
import { configOption } from "./config-option.ts";
import { runDecision } from "./decide.ts";
import { printable } from "./printable.ts";

export const parked: Command = {
  usage: "parked list|retry|drop [TARGET] [--config FILE] [--json]",
  summary:
    "Items that a target refused for good: list them, send them again (retry), or forget that they were refused (drop).",
  details: "retry also tries a target at once that is waiting after failures.",
  options: { ...configOption, ...jsonOption },
  words: [1, 2],
  run: (given, terminal) =>
    runDecision({ decisions: { retry: "parked-retry", drop: "parked-drop" }, list }, given, terminal),
};

async function list(config: Config, given: Given, { out }: Terminal): Promise<void> {
  const state = resolvePath(config, config.state);
  // A journal appears with the first trouble: only beside a sound ledger does none mean that nothing is parked.
  using _ledger = new LedgerReport(join(state, LEDGER_FILE));
  const journal = await Journal.open(join(state, JOURNAL_FILE));
  const [, only] = given.positionals;
  const entries = Object.entries(journal.targets).filter(([target]) => only === undefined || target === only);
  const items = entries.flatMap(([target, { parked }]) =>
    parked.map((item) => ({ target, ...item, at: new Date(item.at).toISOString() })),
  );
  if (given.values.json === true) return out(JSON.stringify(items, null, 2));
  const lines = items.map(({ target, type, value, operation, reason, at }) => {
    return `${target}: ${operation} ${printable(type)} ${printable(value)}, ${at}: ${printable(reason)}`;
  });
  const rests = entries.flatMap(([target, { parked }]) =>
    parked.length < MOST_PARKED ? [] : `${target}: these are the newest; parked retry sends again all that it refused`,
  );
  out(lines.length === 0 ? "Nothing is parked." : [...lines, ...rests].join("\n"));
}
