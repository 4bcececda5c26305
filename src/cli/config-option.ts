import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { type Given, type Terminal, textOption } from "./command.ts";

const USUAL = "config.yaml";

export const configOption = { config: { type: "string", short: "c", default: USUAL } } as const;

/** The file that a command is to read its configuration from. */
export function configFile(given: Given): string {
  return textOption(given, "config") ?? USUAL;
}

/** The configuration that a command is to work with. */
export function givenConfig(given: Given, environment: Terminal["environment"]): Config {
  return loadConfig(configFile(given), environment);
}
