import { parseArgs } from "node:util";
import { ConfigError, formatConfigError } from "../config/load.ts";
import { closest } from "../config/suggestion.ts";
import { StateDamaged, StateUnwritable } from "../state/damaged.ts";
import { StateInUse } from "../state/lock.ts";
import { audit } from "./audit.ts";
import { backup, restore } from "./backup.ts";
import { catchUpCommand } from "./catch-up.ts";
import { check } from "./check.ts";
import { type Command, Exit, type Terminal, UsageError } from "./command.ts";
import { completionFor } from "./completion.ts";
import { demo } from "./demo.ts";
import { drift } from "./drift.ts";
import { explain } from "./explain.ts";
import { exportCommand } from "./export.ts";
import { held } from "./held.ts";
import { help } from "./help.ts";
import { importBrokerCommand } from "./import-broker.ts";
import { parked } from "./parked.ts";
import { plan } from "./plan.ts";
import { replayCommand } from "./replay.ts";
import { run } from "./run.ts";
import { service } from "./service.ts";
import { sight } from "./sight.ts";
import { splunkApp } from "./splunk-app.ts";
import { status } from "./status.ts";

/** Every command, in the order of the help. */
const commands: Record<string, Command> = {
  run,
  demo,
  check,
  status,
  explain,
  plan,
  audit,
  held,
  parked,
  "catch-up": catchUpCommand,
  "splunk-app": splunkApp,
  drift,
  sight,
  "import-broker": importBrokerCommand,
  export: exportCommand,
  replay: replayCommand,
  backup,
  restore,
  service,
  completion: completionFor(() => commands),
};

/** Runs the command that the words name; returns the exit code. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name = "help", ...rest] = words;
  if (["help", "--help", "-h"].includes(name)) return help(commands, rest[0], terminal);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const names = Object.keys(commands);
    const meant = closest(name, names);
    const question = meant === undefined ? "" : `, did you mean "${meant}"?`;
    terminal.err(
      `misp-courier: there is no command ${JSON.stringify(name)}${question}; the commands are ${names.join(", ")}`,
    );
    return Exit.usage;
  }
  if (rest.includes("--help") || rest.includes("-h")) return help(commands, name, terminal);
  try {
    return await command.run(parse(command, rest), terminal);
  } catch (error) {
    return explainFailure(error, name, command, terminal);
  }
}

function parse(command: Command, words: string[]) {
  try {
    const given = parseArgs({ args: words, options: command.options, allowPositionals: true });
    const [least, most] = command.words;
    const { values, positionals } = given;
    if (positionals.length < least) throw new UsageError("something is missing");
    if (positionals.length > most) throw new UsageError(`${JSON.stringify(positionals[most])} is one word too many`);
    return { values: values as Record<string, string | boolean | undefined>, positionals };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function explainFailure(error: unknown, name: string, command: Command, terminal: Terminal): number {
  if (error instanceof ConfigError) {
    terminal.err(formatConfigError(error));
    return Exit.config;
  }
  if (error instanceof UsageError) {
    terminal.err(`misp-courier ${name}: ${error.message}\nusage: misp-courier ${command.usage}`);
    return Exit.usage;
  }
  const state = stateFailure(error);
  if (state) {
    terminal.err(`misp-courier: ${state.error.message}`);
    return state.code;
  }
  // Such as an address that another program has.
  if (error instanceof Error && error.name === "NotNow") {
    terminal.err(`misp-courier: ${error.message}`);
    return Exit.unavailable;
  }
  terminal.err(`misp-courier: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return Exit.software;
}

function stateFailure(error: unknown): { error: Error; code: number } | undefined {
  if (error instanceof StateDamaged) return { error, code: Exit.failed };
  if (error instanceof StateInUse) return { error, code: Exit.unavailable };
  return error instanceof StateUnwritable ? { error, code: Exit.noDisk } : undefined;
}
