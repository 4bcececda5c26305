import { matchTags } from "../filter.ts";
import type { WarninglistSummary } from "./warninglist.ts";
import type { WarninglistMatch } from "./warninglists.ts";

/** What a hit does: withhold the indicator, be noted, or take points off its score. */
export type Role = "block" | "inform" | { lower: number };

export type RoleOf = (list: WarninglistSummary) => Role;

/** One hit with what it does. */
export interface WarninglistHit {
  list: WarninglistSummary;
  role: Role;
  entry: string;
}

/** What the hits of one attribute come to. */
export interface WarninglistVerdict {
  block: boolean;
  /** The points that all hits together take off the score. */
  lower: number;
  hits: readonly WarninglistHit[];
}

/**
 * The roles of lists by name, without regard to capitals; `*` stands for anything, a full name goes before a pattern, and
 * of patterns the first counts. What is not named blocks, unless its category is `known`: then it informs.
 */
export function compileRoles(settings: Readonly<Record<string, Role>>): RoleOf {
  const named = new Map(Object.entries(settings).map(([name, role]) => [name.toLowerCase(), role]));
  const patterns = Object.entries(settings)
    .filter(([name]) => name.includes("*"))
    .map(([name, role]) => ({ matches: matchTags([name]), role }));
  return ({ name, category }) =>
    named.get(name.toLowerCase()) ??
    patterns.find(({ matches }) => matches(name))?.role ??
    (category === "known" ? "inform" : "block");
}

/** Weighs the hits of one attribute. */
export function verdictOf(matches: readonly WarninglistMatch[], roleOf: RoleOf): WarninglistVerdict {
  const hits = matches.map(({ list, entry }) => ({ list, role: roleOf(list), entry }));
  return {
    block: hits.some(({ role }) => role === "block"),
    lower: hits.reduce((sum, { role }) => sum + (typeof role === "object" ? role.lower : 0), 0),
    hits,
  };
}
