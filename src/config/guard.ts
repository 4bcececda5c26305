import { z } from "zod";
import { percentage, text } from "./values.ts";

/** A change is too large when it is above the percentage of what the target holds and above the number. */
export interface ChangeLimit {
  percent: number;
  at_least: number;
}

/** What a target is protected from. */
export interface Guard {
  max_removed: ChangeLimit;
  /** `null`: additions have no limit. */
  max_added: ChangeLimit | null;
  never_empty: boolean;
  min_prefix: { v4: number; v6: number };
  protect: readonly string[];
}

const SHIPPED_LIMIT: ChangeLimit = { percent: 20, at_least: 100 };

/** What holds where the configuration says nothing of the guard. */
export const shippedGuard: Guard = {
  max_removed: SHIPPED_LIMIT,
  max_added: null,
  never_empty: false,
  min_prefix: { v4: 16, v6: 32 },
  protect: [],
};

const changeLimit = (percent: z.ZodNumber) =>
  z
    .strictObject({
      percent: percent.describe("Share of what the target holds").meta({ unset: "20" }),
      at_least: z.int().min(0).describe("Up to this many always pass").meta({ unset: "100" }),
    })
    .partial();

/** The `guard:` of the whole courier or of one target: only what differs. */
export const guardSettings = z
  .strictObject({
    max_removed: changeLimit(percentage).describe("Most removals in one change; a larger change is held"),
    max_added: changeLimit(z.number().min(0)).describe("Most additions in one change; no limit unless set"),
    never_empty: z.boolean().describe("Hold a change that would leave the target empty").meta({ unset: "false" }),
    min_prefix: z
      .strictObject({
        v4: z.int().min(0).max(32).describe("Shortest IPv4 prefix that may go out").meta({ unset: "16" }),
        v6: z.int().min(0).max(128).describe("Shortest IPv6 prefix that may go out").meta({ unset: "32" }),
      })
      .partial()
      .describe("Networks larger than this never go to a target"),
    protect: z
      .array(text)
      .describe(
        "What must never go out: files (one value a line; `.corp.example` is all beneath, too) or names of warninglists; private networks, loopback and default routes never do. `check` and the log name lines that look like a slip",
      )
      .meta({ unset: "[]" }),
  })
  .partial();

type GuardSettings = z.output<typeof guardSettings>;

/** Lays the given settings over a guard, key by key. */
export function mergeGuard(base: Guard, given: GuardSettings = {}): Guard {
  return {
    max_removed: mergeLimit(base.max_removed, given.max_removed),
    max_added: given.max_added ? mergeLimit(base.max_added ?? SHIPPED_LIMIT, given.max_added) : base.max_added,
    never_empty: given.never_empty ?? base.never_empty,
    min_prefix: {
      v4: given.min_prefix?.v4 ?? base.min_prefix.v4,
      v6: given.min_prefix?.v6 ?? base.min_prefix.v6,
    },
    protect: given.protect ?? base.protect,
  };
}

function mergeLimit(base: ChangeLimit, given: GuardSettings["max_removed"]): ChangeLimit {
  return { percent: given?.percent ?? base.percent, at_least: given?.at_least ?? base.at_least };
}
