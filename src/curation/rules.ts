import { commentPattern } from "./comment-pattern.ts";
import type { Decays } from "./decay.ts";
import { compileFilter, type FilterRule, looksAtTags, matchTags } from "./filter.ts";
import type { JudgeRules } from "./judge.ts";
import type { QualifyRules } from "./qualify.ts";
import type { Quorum } from "./quorum.ts";
import type { TimesToLive } from "./ttl.ts";

/** Everything that decides what becomes of an indicator, whatever the target. */
export type Rules = QualifyRules & JudgeRules;

/** The settings that rules are made of, as the configuration has them. */
export interface RuleSettings {
  indicators: {
    require_published: boolean;
    withdraw_on_unpublish: boolean;
    exceptions: { comment: string | null; tags: readonly string[] };
    ttl: TimesToLive;
    decay: Decays;
    sightings: "latest" | { false_positive: Quorum };
  };
  filter: readonly FilterRule[];
}

/** What of a target's own rules concerns when something may happen. */
export interface TargetTimes {
  ttl: TimesToLive;
  min_score: number;
  filter: readonly FilterRule[];
}

/** How long an addition waits for its tags, milliseconds: they come last, after everything that MISP still has queued. */
const SETTLE = 2_000;

/** The rule by which sightings decide. */
export function sightingRule({ sightings }: RuleSettings["indicators"]): Rules["sightings"] {
  return sightings === "latest" ? sightings : sightings.false_positive;
}

/** @param targets what of the targets' own rules decides when time changes what they hold, and for what an addition waits */
export function compileRules(settings: RuleSettings, targets: readonly TargetTimes[] = []): Rules {
  const { require_published, withdraw_on_unpublish, exceptions, ttl, decay } = settings.indicators;
  const filters = [settings.filter, ...targets.map((target) => target.filter)];
  const tagged = filters.some(looksAtTags) || exceptions.tags.length > 0;
  return {
    requirePublished: require_published,
    withdrawOnUnpublish: withdraw_on_unpublish,
    exceptionComment: exceptions.comment ? commentPattern(exceptions.comment) : null,
    exceptionTag: matchTags(exceptions.tags),
    filter: compileFilter(settings.filter),
    settle: tagged ? SETTLE : 0,
    ttl,
    targetTtls: targets.map((target) => target.ttl),
    targetsFilter: targets.some((target) => target.filter.length > 0),
    decay,
    minScores: targets.map((target) => target.min_score),
    sightings: sightingRule(settings.indicators),
  };
}
