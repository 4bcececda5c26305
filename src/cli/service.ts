import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { loadConfig, resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { readOtherwise } from "../service/environment-file.ts";
import {
  type Installation,
  install,
  installation,
  removal,
  SystemRefused,
  thisSystem,
  uninstall,
} from "../service/install.ts";
import { type UnitSettings, unitName } from "../service/unit.ts";
import { type Command, Exit, type Given, type Terminal, textOption, UsageError } from "./command.ts";

export const service: Command = {
  usage: "service install|uninstall [--instance NAME] [--config FILE] [--user USER] [--dry-run]",
  summary: "Have systemd run the courier, with hardening and a watchdog; --dry-run only shows what would be done.",
  details: `FILE is /etc/misp-courier/config.yaml unless given. With --instance NAME it is /etc/misp-courier/NAME.yaml: so several couriers
can run side by side, as misp-courier@NAME. Environment variables that the configuration uses, such as MISP_API_KEY, belong into the file
"environment" (or "NAME.environment") next to it. The service runs as the user misp-courier, or as the one that --user names, who is
created if missing. Uninstalling keeps configuration and state.`,
  options: {
    config: { type: "string", short: "c" },
    instance: { type: "string" },
    user: { type: "string", default: "misp-courier" },
    "dry-run": { type: "boolean", default: false },
  },
  words: [1, 1],
  async run(given, terminal) {
    const [what] = given.positionals;
    const instance = checked(textOption(given, "instance"), "--instance");
    if (what !== "install" && what !== "uninstall") throw new UsageError("it takes install or uninstall");
    try {
      return await (what === "install" ? installHere : uninstallHere)(instance, given, terminal);
    } catch (error) {
      if (!(error instanceof SystemRefused)) throw error;
      terminal.err(`${error.message}\nIs this a system with systemd, and are you root?`);
      return Exit.unavailable;
    }
  },
};

async function installHere(instance: string | undefined, given: Given, terminal: Terminal): Promise<number> {
  const settings = settingsFor(instance, given, terminal);
  const plan = installation(settings);
  if (given.values["dry-run"] === true) {
    for (const { path, content } of plan.files) terminal.out(`# ${path}\n${content}`);
    terminal.out(commandsOf(plan));
    return Exit.ok;
  }
  await install(plan, thisSystem);
  terminal.out(
    `${unitName(instance)} runs, and will after every start of the machine. See: journalctl -u ${unitName(instance)}`,
  );
  return Exit.ok;
}

async function uninstallHere(instance: string | undefined, given: Given, terminal: Terminal): Promise<number> {
  const plan = await removal(instance, thisSystem);
  if (given.values["dry-run"] === true) {
    terminal.out(`# What goes:\n${plan.paths.map((path) => `#   ${path}`).join("\n")}\n${commandsOf(plan)}`);
    return Exit.ok;
  }
  await uninstall(plan, thisSystem);
  terminal.out(`${unitName(instance)} is gone. Its configuration and state are still there.`);
  return Exit.ok;
}

function commandsOf({ before, after }: Pick<Installation, "before" | "after">): string {
  const commands = [...before, ...after].map((words) => `#   ${words.map(inShell).join(" ")}`);
  return `# Commands, run before and after:\n${commands.join("\n")}`;
}

/** A word as a shell takes it for that one word. */
function inShell(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function settingsFor(instance: string | undefined, given: Given, { environment, err }: Terminal): UnitSettings {
  const user = checked(textOption(given, "user"), "--user") ?? "misp-courier";
  const file = resolve(textOption(given, "config") ?? `/etc/misp-courier/${instance ?? "config"}.yaml`);
  const variables = environmentBeside(file, instance);
  for (const complaint of readOtherwise(variables.text)) err(`${variables.file}:${complaint}`);
  const config = loadConfig(file, { ...environment, ...parseEnv(variables.text) });
  const node = process.execPath;
  const program = resolve(process.argv[1] ?? "misp-courier");
  const own = [config.state, ...logFolder(config)].map((path) => absolute(config, path));
  const shared = listFolders(config).map((path) => absolute(config, path));
  const writes = [...new Set([...own, ...shared])];
  for (const path of [node, program, file, ...writes].map(whereItLies)) {
    const [, hidden] = HIDDEN.find(([place]) => place.test(path)) ?? [];
    if (hidden) err(`${path} lies in ${hidden}, which the service cannot see: put it elsewhere, such as below /opt.`);
  }
  const missing = writes.filter((path) => !existsSync(path)).map((path) => ({ path, shared: !own.includes(path) }));
  return { instance, user, node, program, config: file, writes, missing };
}

/** What `ProtectHome` and `PrivateTmp` of the unit keep from the service. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/^\/(home|root|run\/user)(\/|$)/, "a home folder"],
  [/^\/(var\/)?tmp(\/|$)/, "a temporary folder"],
];

/** Where npm links a checkout, the program on the path is not where it lies; what is yet to be made has its own path. */
function whereItLies(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** The file from which systemd will give it variables; one that is not there gives none. */
function environmentBeside(config: string, instance: string | undefined): { file: string; text: string } {
  const file = join(dirname(config), instance === undefined ? "environment" : `${instance}.environment`);
  try {
    return { file, text: readFileSync(file, "utf8") };
  } catch {
    return { file, text: "" };
  }
}

/** Whose files other programs read: the folders of its targets. */
function listFolders({ targets }: Config): string[] {
  return Object.values(targets).flatMap(({ settings }) => folderIn(settings));
}

function logFolder(config: Config): string[] {
  return config.log.file === undefined ? [] : [dirname(resolvePath(config, config.log.file))];
}

function absolute(config: Config, path: string): string {
  return isAbsolute(path) ? path : resolvePath(config, path);
}

function folderIn(settings: unknown): string[] {
  if (typeof settings !== "object" || settings === null || !("directory" in settings)) return [];
  return typeof settings.directory === "string" ? [settings.directory] : [];
}

/** These become part of unit names, paths and commands. */
function checked(name: string | undefined, option: string): string | undefined {
  if (name === undefined || /^[a-z0-9][a-z0-9_-]{0,30}$/i.test(name)) return name;
  throw new UsageError(`${option} takes up to 31 letters, digits, _ and -, not ${JSON.stringify(name)}`);
}
