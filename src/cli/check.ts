import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { checkOnline } from "../courier/online-check.ts";
import { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { type Command, configOption, Exit, type Terminal, textOption } from "./command.ts";
import { printable } from "./printable.ts";

export const check: Command = {
  usage: "check [--config FILE] [--online]",
  summary: "Read the configuration and name every mistake in it; with --online, ask MISP as well.",
  options: { ...configOption, online: { type: "boolean", default: false } },
  words: [0, 0],
  async run(given, terminal) {
    const file = textOption(given, "config") ?? "config.yaml";
    const config = loadConfig(file, terminal.environment);
    const targets = Object.entries(config.targets).map(
      ([name, { type, enabled }]) => `${name} (${type}${enabled ? "" : ", off"})`,
    );
    terminal.out(`${file} is sound. Targets: ${targets.join(", ") || "none"}.`);
    return given.values.online === true ? askMisp(config, terminal) : Exit.ok;
  },
};

async function askMisp(config: Config, { out, err, signal }: Terminal): Promise<number> {
  const { url } = config.misp;
  try {
    const { probe, findings, unknowns } = await checkOnline(config, new MispClient(config.misp), signal);
    const { version, organisation, role } = probe;
    out(
      `${url} is MISP ${printable(version)}; the key belongs to ${printable(organisation)}, role ${printable(role)}.`,
    );
    for (const unknown of unknowns) out(printable(unknown));
    for (const finding of findings) err(printable(finding));
    return findings.length === 0 ? Exit.ok : Exit.failed;
  } catch (error) {
    if (!(error instanceof MispError)) throw error;
    err(printable(`${url}: ${error.message}`));
    return Exit.unavailable;
  }
}
