import { join } from "node:path";
import { targetKinds } from "../../targets/index.ts";
import { type BrokerConfig, NotImportable, settingOf } from "./broker-files.ts";

/** A target as config.yaml has it, and what is to be said about it. */
export interface ImportedTarget {
  target: Record<string, unknown> | undefined;
  notes: string[];
}

/** What one configuration of MISP-Broker fills, as a target of ours; its token becomes the name of a variable. */
export function importTarget(config: BrokerConfig): ImportedTarget {
  const siem = setting(config, "SIEM")?.toUpperCase();
  const common = {
    types: config.types.map(({ type }) => type),
    ttl: Object.fromEntries(config.types.map(({ type, days }) => [type, days === null ? "never" : `${days}d`])),
  };
  if (siem === "CSV") return { target: { type: "csv", ...csvTarget(config), ...common }, notes: [] };
  if (siem === "QRADAR") return { target: { type: "qradar", ...qradarTarget(config), ...common }, notes: [] };
  if (siem === "SPLUNK") return splunkTarget(config, common);
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

function splunkTarget(config: BrokerConfig, common: object): ImportedTarget {
  if (!Object.hasOwn(targetKinds, "splunk")) {
    return { target: undefined, notes: [`${config.name}: this version has no target for Splunk; it is left out.`] };
  }
  const target = { type: "splunk", ...remote(config, "SPLUNK"), app: "a1_splunk_misp", layout: "broker" };
  return { target: { ...target, ...batch(config), ...common }, notes: [] };
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
