import { parseArgs } from "node:util";
import { ConfigError, formatConfigError } from "../config/issue.ts";
import { closest } from "../config/suggestion.ts";
import { AlreadyThere, StateDamaged, StateMissing, StateUnreadable, StateUnwritable } from "../state/damaged.ts";
import { StateInUse } from "../state/lock.ts";
import { programVersion } from "../version.ts";
import { type Command, Exit, type Terminal, UsageError } from "./command.ts";
import { help } from "./help.ts";
import { printableLines } from "./printable.ts";

export { Exit } from "./command.ts";

/** Every command, in the order of the help. What one needs is loaded when it is called: the rest would take most of its start. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./run.ts")).run,
  demo: async () => (await import("./demo.ts")).demo,
  check: async () => (await import("./check.ts")).check,
  status: async () => (await import("./status.ts")).status,
  explain: async () => (await import("./explain.ts")).explain,
  plan: async () => (await import("./plan.ts")).plan,
  audit: async () => (await import("./audit.ts")).audit,
  held: async () => (await import("./held.ts")).held,
  parked: async () => (await import("./parked.ts")).parked,
  "catch-up": async () => (await import("./catch-up.ts")).catchUpCommand,
  "splunk-app": async () => (await import("./splunk-app.ts")).splunkApp,
  drift: async () => (await import("./drift.ts")).drift,
  sight: async () => (await import("./sight.ts")).sight,
  "import-broker": async () => (await import("./import-broker.ts")).importBrokerCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  replay: async () => (await import("./replay.ts")).replayCommand,
  backup: async () => (await import("./backup.ts")).backup,
  restore: async () => (await import("./backup.ts")).restore,
  service: async () => (await import("./service.ts")).service,
  completion: async () => (await import("./completion.ts")).completionFor(loadAll),
};

async function loadAll(): Promise<Record<string, Command>> {
  const loaded = await Promise.all(Object.entries(commands).map(async ([name, load]) => [name, await load()] as const));
  return Object.fromEntries(loaded);
}

/** Runs the command that the words name; returns the exit code. */
export function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  // Complaints quote what they are about: words, names of files, keys.
  return runWords(words, { ...terminal, err: (text) => terminal.err(printableLines(text)) });
}

async function runWords(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name = "help", ...rest] = words;
  if (HELP.includes(name)) return helpOn(rest[0], terminal);
  if (name === "--version") {
    terminal.out(`misp-courier ${programVersion()}`);
    return Exit.ok;
  }
  const command = Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (!command) return refuseUnknown(name, terminal);
  if (rest.includes("--help") || rest.includes("-h")) return help(await loadAll(), name, terminal);
  try {
    const code = await command.run(parse(command, rest), terminal);
    // Whoever stops it is told that, and not that nobody answers.
    return terminal.signal.aborted && code === Exit.unavailable ? Exit.stopped : code;
  } catch (error) {
    return explainFailure(error, name, command, terminal);
  }
}

const HELP: readonly string[] = ["help", "--help", "-h"];

async function helpOn(name: string | undefined, terminal: Terminal): Promise<number> {
  if (name === undefined || HELP.includes(name)) return help(await loadAll(), undefined, terminal);
  return Object.hasOwn(commands, name) ? help(await loadAll(), name, terminal) : refuseUnknown(name, terminal);
}

function refuseUnknown(name: string, { err }: Terminal): number {
  const names = Object.keys(commands);
  const meant = closest(name, names);
  const question = meant === undefined ? "" : `, did you mean "${meant}"?`;
  err(`misp-courier: there is no command ${JSON.stringify(name)}${question}; the commands are ${names.join(", ")}`);
  return Exit.usage;
}

function parse(command: Command, args: string[]) {
  try {
    const given = parseArgs({ args, options: command.options, allowPositionals: true });
    const [least, most] = command.words;
    const { values, positionals } = given;
    if (positionals.length < least) throw new UsageError("something is missing");
    if (positionals.length > most) throw new UsageError(`${JSON.stringify(positionals[most])} is one word too many`);
    // A target that was to be named must not come to mean all of them, nor a file the folder that it is to be in.
    const words = [...positionals, ...Object.values(values)];
    if (words.some((word) => typeof word === "string" && word.trim() === ""))
      throw new UsageError("a word is empty: is a variable not set?");
    return { values: values as Record<string, string | boolean | undefined>, positionals };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function explainFailure(error: unknown, name: string, command: Command, terminal: Terminal): number {
  if (terminal.signal.aborted && error instanceof Error && error.name === "AbortError") return Exit.stopped;
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
  if (isOfFiles(error)) {
    terminal.err(`misp-courier: ${error.message}`);
    return Exit.noDisk;
  }
  terminal.err(`misp-courier: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return Exit.software;
}

/** Whether the file system refuses something: what is to be written was named by a person, or is where the person has no right to. */
function isOfFiles(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && ("path" in error || isFullDisk(error));
}

/** Of what a full disk does not take, the system does not say where it was to go. */
function isFullDisk(error: Error): boolean {
  return "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

function stateFailure(error: unknown): { error: Error; code: number } | undefined {
  if (error instanceof StateDamaged) return { error, code: Exit.badData };
  if (error instanceof StateMissing) return { error, code: Exit.noInput };
  if (error instanceof AlreadyThere) return { error, code: Exit.cannotCreate };
  if (error instanceof StateInUse) return { error, code: Exit.unavailable };
  return error instanceof StateUnreadable || error instanceof StateUnwritable
    ? { error, code: Exit.noDisk }
    : undefined;
}
