import { statSync } from "node:fs";
import { resolve } from "node:path";
import { resolvePath } from "../config/load.ts";
import { backUpState, restoreState } from "../courier/backup.ts";
import { counted } from "../model/counted.ts";
import { isoTime } from "../model/iso-time.ts";
import { type Command, Exit, type Given, jsonOption, type Terminal } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { whyUnreadable } from "./why-unreadable.ts";

export const backup: Command = {
  usage: "backup FILE [--config FILE] [--json]",
  summary: "Save the state to one file, as it is at one moment; a running courier is not interrupted.",
  options: { ...configOption, ...jsonOption },
  words: [1, 1],
  async run(given, terminal) {
    const file = resolve(given.positionals[0] ?? "");
    const { indicators } = await backUpState(stateOf(given, terminal), file, terminal.clock());
    const bytes = statSync(file).size;
    const said = { file, indicators, bytes };
    const sentence = `${file} holds ${counted(indicators, "indicator")}, ${Math.ceil(bytes / 2 ** 20)} MB.`;
    terminal.out(given.values.json === true ? JSON.stringify(said, null, 2) : sentence);
    return Exit.ok;
  },
};

export const restore: Command = {
  usage: "restore FILE [--force] [--config FILE]",
  summary: "Replace the state of a stopped courier by a backup.",
  details: `It refuses while a courier uses the state. It replaces an existing state only with --force, and then keeps the former ledger
under another name. At the next start the courier catches up with what changed in MISP since the backup, and sends each target everything
that it is to hold.`,
  options: { ...configOption, force: { type: "boolean", default: false } },
  words: [1, 1],
  async run(given, terminal) {
    const file = resolve(given.positionals[0] ?? "");
    const state = stateOf(given, terminal);
    const trouble = whyUnreadable(file);
    if (trouble !== undefined) {
      terminal.err(`${file} cannot be read: ${trouble}`);
      return Exit.noInput;
    }
    const { facts, former } = await restoreState(file, state, given.values.force === true, terminal.clock());
    const made = isoTime(facts.made);
    terminal.out(`${state} is as it was at ${made}, with ${counted(facts.indicators, "indicator")}.`);
    if (former) terminal.out(`The ledger that was there is ${former} now.`);
    return Exit.ok;
  },
};

function stateOf(given: Given, { environment }: Terminal): string {
  const config = givenConfig(given, environment);
  return resolvePath(config, config.state);
}
