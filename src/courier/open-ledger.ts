import type { Config } from "../config/schema.ts";
import { compileRules } from "../curation/rules.ts";
import { digestOf } from "../ledger/digest.ts";
import { Ledger } from "../ledger/ledger.ts";

/** The files of a state folder. */
export const LEDGER_FILE = "ledger.sqlite";
export const JOURNAL_FILE = "journal.json";

/** Opens the ledger under the rules of a configuration. */
export function openLedger(config: Config, file: string, clock: () => number, { durable = true } = {}): Ledger {
  const targets = Object.values(config.targets).map(({ ttl, min_score }) => ({ ttl, min_score }));
  const rulesDigest = digestOf([config.indicators, config.filter, targets]);
  return new Ledger({ file, rules: compileRules(config, targets), rulesDigest, clock, durable });
}
