import { stringify } from "yaml";
import { type Broker, type BrokerConfig, NotImportable, settingOf } from "./files.ts";
import { importTarget, inVariable } from "./target.ts";

/** A config.yaml made of MISP-Broker's files. */
export interface ImportedConfig {
  yaml: string;
  /** By the name of the target: which configuration it was. */
  targets: Map<string, BrokerConfig>;
  /** What a person should know: what has no counterpart, and what is to be done. */
  notes: string[];
}

const HEAD = `# Made by \`misp-courier import-broker\`. Every key and its default: docs/CONFIG.md.
# Tokens are not copied: set the variables named in \${…}, or write the tokens here.
`;

/** A target's name may be a little longer. */
const LONGEST_NAME = 60;

/**
 * What MISP-Broker was set to, as a config.yaml.
 * @param now milliseconds
 * @throws NotImportable when its configurations follow different MISPs
 */
export function importConfig({ settings, configs }: Broker, now: number): ImportedConfig {
  const notes: string[] = [];
  const targets = new Map<string, BrokerConfig>();
  const section: Record<string, unknown> = {};
  for (const config of configs) {
    const name = freeName(config.name, [...targets.keys()]);
    section[name] = importTarget(config, name);
    targets.set(name, config);
  }
  const general = (key: string) => settingOf(settings, "BROKER_SETTINGS", key);
  const yaml = {
    misp: { ...mispOf(configs), ...firstLoad(general("START_DATE"), now, notes) },
    // It published nothing and looked at no list: curation begins when it is wanted.
    curation: { enabled: false },
    indicators: {
      // It sent out what its key could see, published or not.
      require_published: false,
      exceptions: {
        comment: comment(general("MISP_COMMENT_EXCEPTION"), notes),
        tags: tags(general("MISP_TAG_EXCEPTION"), notes),
      },
    },
    targets: section,
    ...alertsOf(settings),
    state: "./state",
  };
  const keys = new Set(configs.map(({ settings }) => settingOf(settings, "MISP_SETTINGS", "MISP_API_TOKEN")));
  if (keys.size > 1) {
    notes.push(
      "The configurations have different MISP_API_TOKENs, and a courier has one key: every target gets what that may see. Import those that may not see the same by themselves, with --only.",
    );
  }
  notes.push(
    "indicators.require_published is false, as MISP-Broker did not ask whether an event is published; the default is true.",
    "Switch on MISP's ZeroMQ feed (README.md says where): MISP-Broker had no need of it.",
  );
  return { yaml: `${HEAD}${stringify(yaml)}`, targets, notes };
}

/** A name for a target, and for the variable of its token, that no other has. */
function freeName(given: string, taken: readonly string[]): string {
  const name =
    given
      .replaceAll(/[^a-z0-9._-]/gi, "-")
      .replace(/^[^a-z0-9]+/i, "")
      .slice(0, LONGEST_NAME) || "target";
  const isTaken = (one: string) => taken.some((other) => inVariable(other) === inVariable(one));
  for (let n = 1; ; n += 1) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!isTaken(free)) return free;
  }
}

function mispOf(configs: readonly BrokerConfig[]) {
  const all = configs.map(({ settings }) => ({
    address: settingOf(settings, "MISP_SETTINGS", "MISP_ADDRESS"),
    protocol: settingOf(settings, "MISP_SETTINGS", "MISP_PROTOCOL") ?? "https",
    verify: settingOf(settings, "MISP_SETTINGS", "MISP_VERIFY_SSL")?.toLowerCase() !== "false",
  }));
  const [first] = all;
  if (!first?.address) throw new NotImportable("the configurations name no MISP_ADDRESS");
  const other = all.findIndex(({ address }) => address !== first.address);
  if (other > 0) {
    throw new NotImportable(
      `${configs[0]?.name} and ${configs[other]?.name} follow different MISPs, each of which needs a courier of its own: name those of one with --only`,
    );
  }
  const url = `${first.protocol}://${first.address}`;
  const host = URL.canParse(url) ? new URL(url).hostname : first.address;
  const unverified = all.some(({ verify }) => !verify);
  return {
    url,
    key: `\${MISP_API_KEY}`,
    ...(unverified ? { verify_tls: false } : {}),
    zeromq: `tcp://${host}:50000`,
  };
}

/** For types that never run out it read back to a day; nothing that still lives is older for the others. */
function firstLoad(given: string | undefined, now: number, notes: string[]) {
  if (given === undefined) return {};
  // Python takes 2022-1-31 as well.
  const date = given.replaceAll(/-(?=\d(-|$))/g, "-0");
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : Number.NaN;
  // JavaScript takes the 30th of February for a day in March.
  const isDate = !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
  if (isDate && time <= now) return { catch_up: { first_load: date } };
  const trouble = isDate ? "is yet to come" : "is no date here";
  notes.push(`START_DATE ${trouble}, and left out, so that the first load looks back as far as it can: ${given}`);
  return {};
}

function comment(pattern: string | undefined, notes: string[]): string {
  if (pattern === undefined) return "";
  try {
    return new RegExp(pattern, "i").source;
  } catch {
    notes.push(`MISP_COMMENT_EXCEPTION is no regular expression here, and left out: ${pattern}`);
    return "";
  }
}

/** It looked for a pattern in a tag. */
function tags(pattern: string | undefined, notes: string[]): string[] {
  if (pattern === undefined) return [];
  const globs = pattern.split("|").map(globOf);
  if (globs.every((glob) => !/[\\^$+?()[\]{}]/.test(glob))) return globs;
  notes.push(`MISP_TAG_EXCEPTION cannot be said with *, and is left out: ${pattern}`);
  return [];
}

/** A `*` stands for anything here: for the one character of a `.`, too, and for what may stand around a pattern without anchors. */
function globOf(pattern: string): string {
  const inside = pattern.replaceAll(/^\^|\$$/g, "").replaceAll(/\.\*?/g, "*");
  const before = pattern.startsWith("^") ? "" : "*";
  const behind = pattern.endsWith("$") ? "" : "*";
  return `${before}${inside}${behind}`.replaceAll(/\*+/g, "*");
}

/** Telegram alone was reached over its proxy. */
function alertsOf(settings: Broker["settings"]) {
  const system = (key: string) => settingOf(settings, "SYSTEM_SETTINGS", key);
  const [token, chat, proxy] = [system("TELEGRAM_BOT_TOKEN"), system("TELEGRAM_CHAT_ID"), system("PROXY")];
  if (!token || !chat) return {};
  const over = proxy === undefined ? {} : { proxy: proxy.includes("://") ? proxy : `http://${proxy}` };
  return { alerts: { telegram: { token: `\${TELEGRAM_BOT_TOKEN}`, chat_id: chat, ...over } } };
}
