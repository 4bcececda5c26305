import type { Config } from "../config/schema.ts";
import { thumbOf } from "../curation/judge.ts";
import { IGNORANCE, type Knowledge } from "../curation/knowledge.ts";
import { sightingRule } from "../curation/rules.ts";
import type { LedgerReport } from "../ledger/report/report.ts";
import type { Reason } from "../model/verdict.ts";
import { ownOrganisation } from "./knowledge/learner.ts";

export interface ThumbSources {
  config: Config;
  ledger: Pick<LedgerReport, "sayings" | "fact">;
  /** Warninglists and trust; missing: nobody but the own organisation is known to be trusted. */
  knowledge?: Knowledge;
}

/** What the sightings of an attribute of a composite type, which count for it alone, say against it. */
export function thumbOnPair(attribute: number, { config, ledger, knowledge }: ThumbSources): Reason | null {
  const known = knowledge ?? { ...IGNORANCE, ownOrganisation: ownOrganisation(ledger)?.id ?? null };
  return thumbOf(ledger.sayings(attribute, known), { sightings: sightingRule(config.indicators) });
}
