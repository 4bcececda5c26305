import { join } from "node:path";
import { type BrokerConfig, NotImportable, settingOf } from "./broker-files.ts";

/** What one configuration of MISP-Broker fills, as config.yaml has a target; its token becomes the name of a variable. */
export function importTarget(config: BrokerConfig): Record<string, unknown> {
  const siem = setting(config, "SIEM")?.toUpperCase();
  const common = {
    types: config.types.map(({ type }) => type),
    ttl: Object.fromEntries(config.types.map(({ type, days }) => [type, days === null ? "never" : `${days}d`])),
  };
  if (siem === "CSV") return { type: "csv", ...csvTarget(config), ...common };
  if (siem === "QRADAR") return { type: "qradar", ...qradarTarget(config), ...common };
  if (siem === "SPLUNK") return { type: "splunk", ...splunkTarget(config), ...common };
  throw new NotImportable(`configs/${config.name}.cfg names no SIEM of QRADAR, SPLUNK and CSV`);
}

/** The variable that is to hold a configuration's token. */
export function tokenVariable(kind: string, { name }: BrokerConfig): string {
  return `${kind}_TOKEN_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

function csvTarget(config: BrokerConfig) {
  // It adds its configuration's name to the directory.
  return { directory: join(required(config, "SIEM_ADDRESS"), config.name), layout: "broker" };
}

function qradarTarget(config: BrokerConfig) {
  return {
    ...remote(config, "QRADAR"),
    layout: "broker",
    set_ttl: Object.fromEntries(config.types.map(({ type, days }) => [type, days ?? "never"])),
    ...batch(config),
  };
}

function splunkTarget(config: BrokerConfig) {
  return { ...remote(config, "SPLUNK"), app: "a1_splunk_misp", layout: "broker", ...batch(config) };
}

function remote(config: BrokerConfig, kind: string) {
  const port = setting(config, "SIEM_PORT");
  const address = `${setting(config, "SIEM_PROTOCOL") ?? "https"}://${required(config, "SIEM_ADDRESS")}`;
  const unverified = setting(config, "SIEM_VERIFY_SSL")?.toLowerCase() === "false";
  return {
    url: port === undefined ? address : `${address}:${port}`,
    token: `\${${tokenVariable(kind, config)}}`,
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
