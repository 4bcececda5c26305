import type { RuleSettings } from "../../src/curation/rules.ts";

export const DAY = 86_400;

/** The shipped rules with a TTL of 30 days, `never` for md5, and scores that do not decay, with some of them replaced. */
export function ruleSettings(
  indicators: Partial<RuleSettings["indicators"]> = {},
  filter: RuleSettings["filter"] = [],
): RuleSettings {
  return {
    indicators: {
      require_published: true,
      withdraw_on_unpublish: false,
      exceptions: { comment: "SOC Exception", tags: [] },
      ttl: { default: 30 * DAY, md5: null },
      decay: { default: null },
      sightings: "latest",
      ...indicators,
    },
    filter,
  };
}
