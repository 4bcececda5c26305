import { resolve } from "node:path";
import { type BrokerConfig, NotImportable, settingOf } from "./files.ts";

/** What one configuration of MISP-Broker fills, as config.yaml has a target; its token becomes the name of a variable. */
export function importTarget(config: BrokerConfig, name: string): Record<string, unknown> {
  const siem = setting(config, "SIEM")?.toUpperCase();
  const common = {
    types: config.types.map(({ type }) => type),
    ttl: Object.fromEntries(config.types.map(({ type, days }) => [type, days === null ? "never" : `${days}d`])),
  };
  if (siem === "CSV") return { type: "csv", ...csvTarget(config), ...common };
  if (siem === "QRADAR") return { type: "qradar", ...qradarTarget(config, name), ...common };
  if (siem === "SPLUNK") return { type: "splunk", ...splunkTarget(config, name), ...common };
  throw new NotImportable(`configs/${config.name}.cfg names no SIEM of QRADAR, SPLUNK and CSV`);
}

/** A target's name as part of a variable's. */
export function inVariable(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

function csvTarget(config: BrokerConfig) {
  // It adds its configuration's name to the directory, and runs in its own folder.
  return { directory: resolve(config.directory, required(config, "SIEM_ADDRESS"), config.name), layout: "broker" };
}

function qradarTarget(config: BrokerConfig, name: string) {
  return {
    ...remote(config, `QRADAR_TOKEN_${inVariable(name)}`),
    layout: "broker",
    set_ttl: Object.fromEntries(config.types.map(({ type, days }) => [type, days ?? "never"])),
    ...batch(config),
  };
}

function splunkTarget(config: BrokerConfig, name: string) {
  return {
    ...remote(config, `SPLUNK_TOKEN_${inVariable(name)}`),
    app: "a1_splunk_misp",
    layout: "broker",
    ...batch(config),
  };
}

/** @param token the variable that is to hold its token */
function remote(config: BrokerConfig, token: string) {
  const port = setting(config, "SIEM_PORT");
  const address = `${setting(config, "SIEM_PROTOCOL") ?? "https"}://${required(config, "SIEM_ADDRESS")}`;
  const unverified = setting(config, "SIEM_VERIFY_SSL")?.toLowerCase() === "false";
  return {
    url: port === undefined ? address : `${address}:${port}`,
    token: `\${${token}}`,
    ...(unverified ? { verify_tls: false } : {}),
  };
}

function batch(config: BrokerConfig) {
  const size = Number(setting(config, "BATCH_LIST_SIZE"));
  return Number.isInteger(size) && size > 0 ? { batch: size } : {};
}

function setting({ settings }: BrokerConfig, key: string): string | undefined {
  return settingOf(settings, "SIEM_SETTINGS", key);
}

function required(config: BrokerConfig, key: string): string {
  const value = setting(config, key);
  if (value === undefined) throw new NotImportable(`configs/${config.name}.cfg has no ${key}`);
  return value;
}
