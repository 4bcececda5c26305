import { loadConfig } from "../config/load.ts";
import { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { probe } from "../misp/probe.ts";
import { type Command, configOption, Exit, type Terminal, textOption } from "./command.ts";

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
    return given.values.online === true ? askMisp(new MispClient(config.misp), config.misp.url, terminal) : Exit.ok;
  },
};

async function askMisp(client: MispClient, url: string, { out, err, signal }: Terminal): Promise<number> {
  try {
    const { version, role, organisation, findings } = await probe(client, signal);
    out(
      `${url} is MISP ${version}; the key belongs to ${organisation || "an organisation without name"}, role ${role}.`,
    );
    for (const finding of findings) err(finding);
    return findings.length === 0 ? Exit.ok : Exit.failed;
  } catch (error) {
    if (!(error instanceof MispError)) throw error;
    err(`${url}: ${error.message}`);
    return Exit.unavailable;
  }
}
