import type { TargetRules } from "../../src/curation/wanted.ts";
import type { TargetView } from "../../src/ledger/delta/step.ts";
import { DAY } from "./rule-settings.ts";

/** A target that wants everything for 30 days and shows nothing but the value; another view under `digest` starts it over. */
export function aView(facts: Partial<Omit<TargetView, "rules">> & { rules?: Partial<TargetRules> } = {}): TargetView {
  return {
    name: "lists",
    digest: "1",
    place: "here",
    shows: () => "",
    origins: false,
    ...facts,
    rules: {
      types: null,
      composites: false,
      filter: null,
      ttl: { default: 30 * DAY },
      minScore: 0,
      retired: false,
      protection: () => null,
      ...facts.rules,
    },
  };
}
