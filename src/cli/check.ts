import { loadConfig, resolvePath } from "../config/load.ts";
import type { CourierConfig, ForwarderConfig } from "../config/schema.ts";
import { checkOnline } from "../courier/online-check.ts";
import { openKafka } from "../kafka/connection.ts";
import { KafkaFailure } from "../kafka/failure.ts";
import { marksOf } from "../kafka/marks.ts";
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
    if (given.values.online !== true) return Exit.ok;
    return config.role === "courier" ? askMisp(config, terminal) : askBrokers(config, terminal);
  },
};

async function askMisp(config: CourierConfig, { out, err, signal }: Terminal): Promise<number> {
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

async function askBrokers(config: ForwarderConfig, { out, err }: Terminal): Promise<number> {
  const { kafka } = config.source;
  try {
    const marks = await marksOf(
      openKafka(kafka, (path) => resolvePath(config, path)),
      kafka.topic,
    );
    const records = marks.reduce((sum, { begin, end }) => sum + (end - begin), 0n);
    out(`Topic ${kafka.topic} is there, with ${marks.length} partitions and up to ${records} records.`);
    return Exit.ok;
  } catch (error) {
    if (!(error instanceof KafkaFailure)) throw error;
    err(printable(`${kafka.topic}: ${error.message}`));
    return Exit.unavailable;
  }
}
