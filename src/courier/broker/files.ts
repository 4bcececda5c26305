import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Ini, parseIni } from "./ini.ts";

/** One line of a `type_list.txt`. */
export interface BrokerType {
  type: string;
  /** `null`: for ever. */
  days: number | null;
  /** QRadar's type of the elements. */
  element: string;
}

/** One configuration of MISP-Broker: one target. */
export interface BrokerConfig {
  name: string;
  /** Where MISP-Broker is. */
  directory: string;
  settings: Ini;
  types: BrokerType[];
  /** Its SQLite file; `undefined` when it has none yet. */
  database: string | undefined;
}

export interface Broker {
  settings: Ini;
  configs: BrokerConfig[];
}

/** What was pointed at is no MISP-Broker, or cannot be brought over. */
export class NotImportable extends Error {
  override readonly name = "NotImportable";
}

/**
 * Reads the files of a MISP-Broker.
 * @param only names of its configurations; all unless given
 * @throws NotImportable
 */
export function readBroker(directory: string, only: readonly string[] | undefined): Broker {
  const settings = parseIni(textOf(join(directory, "settings.cfg")));
  const folder = join(directory, "configs");
  const names = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(".cfg") && file !== "default.cfg")
    .map((file) => basename(file, ".cfg"))
    .sort();
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new NotImportable(`there is no configuration ${unknown}; there is ${names.join(", ") || "none"}`);
  }
  const chosen = only ?? names;
  if (chosen.length === 0) throw new NotImportable(`${folder} holds no configuration beside default.cfg`);
  return { settings, configs: chosen.map((name) => readConfig(directory, name)) };
}

/** A value that says something; `undefined` where it is blank or missing. */
export function settingOf(ini: Ini, section: string, key: string): string | undefined {
  return ini.get(section)?.get(key) || undefined;
}

function readConfig(directory: string, name: string): BrokerConfig {
  const settings = parseIni(textOf(join(directory, "configs", `${name}.cfg`)));
  const list = settingOf(settings, "MISP_SETTINGS", "MISP_TYPE_LIST");
  const types = parseTypeList(textOf(join(directory, list === undefined ? "type_list.txt" : `type_list-${list}.txt`)));
  const database = join(directory, "files", "databases", `${name}.db`);
  return { name, directory, settings, types, database: existsSync(database) ? database : undefined };
}

/** Lines of `type ttl element_type`; a blank one is no reason to write the file anew. */
function parseTypeList(text: string): BrokerType[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [type, ttl, element = "ALNIC"] = line.trim().split(/\s+/);
    if (type === undefined || type === "" || type.startsWith("#") || !/^\d+$/.test(ttl ?? "")) return [];
    return [{ type, days: Number(ttl) === 0 ? null : Number(ttl), element }];
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new NotImportable(`${file} cannot be read: is this the folder of a MISP-Broker?`);
  }
}
