import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../../config/issue.ts";
import { loadConfig, resolvePath } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { AlreadyThere } from "../../state/damaged.ts";
import { lockState } from "../../state/lock.ts";
import { makeFolderSync } from "../../state/make-folder.ts";
import { LEDGER_FILE, openLedger } from "../open-ledger.ts";
import { viewOf } from "../open-targets.ts";
import { type ImportedConfig, importConfig } from "./config.ts";
import { heldOf } from "./database.ts";
import { NotImportable, readBroker } from "./files.ts";

export interface ImportOptions {
  directory: string;
  only: readonly string[] | undefined;
  /** The config.yaml to write; `undefined`: nothing is written. */
  output: string | undefined;
  environment: Record<string, string | undefined>;
  /** Milliseconds. */
  clock: () => number;
}

export interface Imported extends ImportedConfig {
  /** How many indicators each target is believed to hold. */
  held: Map<string, number>;
}

/**
 * Brings a MISP-Broker over: its settings into a new config.yaml, and what its targets hold into a new ledger, so that the
 * first deliveries are only what differs. Nothing of it is changed, and nothing is overwritten.
 * @throws NotImportable when there is nothing that could be brought over
 * @throws AlreadyThere when it would take the place of something
 */
export function importBroker({ directory, only, output, environment, clock }: ImportOptions): Imported {
  const imported = importConfig(readBroker(directory, only), clock());
  if (output === undefined) return { ...imported, held: new Map() };
  const state = join(dirname(output), "state");
  for (const file of [output, join(state, LEDGER_FILE)]) {
    if (existsSync(file)) throw new AlreadyThere(`${file} is there already, and nothing is overwritten`);
  }
  makeFolderSync(dirname(output));
  writeFileSync(output, imported.yaml, { flag: "wx", mode: 0o600 });
  try {
    const config = loadConfig(output, { ...placeholders(imported.yaml), ...environment });
    return { ...imported, held: adopt(config, imported, clock) };
  } catch (error) {
    // Half an import would keep the next one from being made.
    for (const end of ["", "-wal", "-shm"]) rmSync(join(state, `${LEDGER_FILE}${end}`), { force: true });
    rmSync(output, { force: true });
    throw error instanceof ConfigError ? new NotImportable(unfit(error)) : error;
  }
}

function unfit({ issues }: ConfigError): string {
  const mistakes = issues.map(({ path, message }) => `${path} ${message}`).join("; ");
  return `its settings make no configuration that could be used: ${mistakes}`;
}

function adopt(config: Config, { targets }: ImportedConfig, clock: () => number): Map<string, number> {
  const state = resolvePath(config, config.state);
  using _lock = lockState(state);
  using ledger = openLedger(config, join(state, LEDGER_FILE), clock);
  const held = new Map<string, number>();
  for (const [name, broker] of targets) {
    const settings = config.targets[name];
    if (!settings) continue;
    // What must not be there is found, and taken off, when the courier runs.
    const view = viewOf(name, settings, () => null);
    ledger.deltas.register(view);
    for (const page of heldOf(broker)) {
      ledger.adoption.adopt(view, page);
      held.set(name, (held.get(name) ?? 0) + page.length);
    }
  }
  return held;
}

/** Something for each variable that is not set yet: what the ledger keeps depends on none of them. */
function placeholders(yaml: string): Record<string, string> {
  return Object.fromEntries([...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => [name, "unset"]));
}
