import { loadConfig } from "../config/load.ts";
import type { Config, CourierConfig } from "../config/schema.ts";
import { unverified } from "../config/unverified.ts";
import { doubtfulLines } from "../courier/knowledge/protect-files.ts";
import { askBrokers } from "../courier/online-brokers.ts";
import { checkOnline } from "../courier/online-check.ts";
import { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { type Command, Exit, type Terminal } from "./command.ts";
import { configFile, configOption } from "./config-option.ts";
import { exitAfter } from "./misp-exit.ts";
import { printable } from "./printable.ts";

export const check: Command = {
  usage: "check [--config FILE] [--online]",
  summary:
    "Read the configuration and name every mistake in it; with --online, also ask MISP and Kafka brokers what is missing there.",
  options: { ...configOption, online: { type: "boolean", default: false } },
  words: [0, 0],
  async run(given, terminal) {
    const file = configFile(given);
    const config = loadConfig(file, terminal.environment, { now: terminal.clock() });
    const targets = Object.entries(config.targets).map(
      ([name, { type, enabled }]) => `${name} (${type}${enabled ? "" : ", off"})`,
    );
    terminal.out(`${file} is sound. Targets: ${targets.join(", ") || "none"}.`);
    warnOfProtectFiles(config, terminal);
    for (const key of unverified(config)) terminal.err(`${key}: certificates are not checked, ${UNVERIFIED}`);
    if (given.values.online !== true) return Exit.ok;
    const ofMisp = config.role === "courier" ? await askMisp(config, terminal) : Exit.ok;
    const ofBrokers = await askAllBrokers(config, terminal);
    return Math.max(ofMisp, ofBrokers);
  },
};

const UNVERIFIED = "and whoever stands in between can read and change all; ca_file names whom to trust instead";

/** How many lines are named one by one. */
const MOST_NAMED = 20;

/** They may be meant so: the configuration is sound all the same. */
function warnOfProtectFiles(config: Config, { err }: Terminal): void {
  const doubtful = doubtfulLines(config);
  for (const { file, line, text, why } of doubtful.slice(0, MOST_NAMED)) {
    err(printable(`${file}:${line} ${JSON.stringify(text)} ${why}; it protects nothing but what reads just so`));
  }
  if (doubtful.length > MOST_NAMED) err(`and ${doubtful.length - MOST_NAMED} more lines like these`);
}

async function askMisp(config: CourierConfig, { out, err, signal }: Terminal): Promise<number> {
  // A login in it is for nobody's eyes.
  const url = config.misp.url.replace(/\/\/[^/]*@/, "//");
  try {
    const { probe, findings, unknowns } = await checkOnline(config, new MispClient(config.misp), signal);
    const { version, organisation, role } = probe;
    out(
      `${url} is MISP ${printable(version)}; the key belongs to ${printable(organisation)}, role ${printable(role)}.`,
    );
    for (const unknown of unknowns) out(printable(unknown));
    for (const finding of findings) err(printable(finding));
    return findings.length === 0 ? Exit.ok : Exit.found;
  } catch (error) {
    if (!(error instanceof MispError)) throw error;
    err(printable(`${url}: ${error.message}`));
    return exitAfter(error);
  }
}

/** @returns the way out, as far as brokers are concerned */
async function askAllBrokers(config: Config, { out, err }: Terminal): Promise<number> {
  let exit: number = Exit.ok;
  for (const { section, topics, missing, forgetful, failure } of await askBrokers(config)) {
    if (failure !== undefined) {
      err(printable(`${section}: ${failure}`));
      exit = Exit.unavailable;
      continue;
    }
    out(`${section}: the brokers answer; ${topics.length - missing.length} of ${topics.length} topics are there.`);
    if (missing.length > 0) err(`${section}: there is no topic ${missing.join(", ")}: make it, see docs/KAFKA.md`);
    if (forgetful) {
      err(`${section}: the topic forgets records by their age: set its cleanup.policy to compact, see docs/KAFKA.md`);
    }
    if (exit === Exit.ok && (forgetful || missing.length > 0)) exit = Exit.found;
  }
  return exit;
}
