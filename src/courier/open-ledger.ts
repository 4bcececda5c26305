import type { Config } from "../config/schema.ts";
import { compileRules } from "../curation/rules.ts";
import { Ledger } from "../ledger/ledger.ts";
import { digestOf } from "../ledger/report/digest.ts";

/** The files of a state folder. */
export const LEDGER_FILE = "ledger.sqlite";
export const JOURNAL_FILE = "journal.json";

/** Opens the ledger under the rules of a configuration. */
export function openLedger(config: Config, file: string, clock: () => number, { durable = true } = {}): Ledger {
  const targets = Object.values(config.targets);
  const times = targets.map(({ ttl, min_score }) => ({ ttl, min_score }));
  const rules = compileRules(config, targets);
  const rulesDigest = digestOf([config.indicators, config.filter, times, rules.targetsFilter]);
  // What another courier tells of is published, and comes with its tags.
  const waits = config.role === "forwarder" ? { requirePublished: false, settle: 0 } : {};
  return new Ledger({ file, rules: { ...rules, ...waits }, rulesDigest, clock, durable });
}
