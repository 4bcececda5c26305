import type { Compilation } from "./warninglists/compilation.ts";
import { compileRoles, type Role, verdictOf, type WarninglistVerdict } from "./warninglists/roles.ts";
import { compileTrust, type TrustIndex, type TrustSetting } from "./warninglists/trust.ts";
import type { Warninglist } from "./warninglists/warninglist.ts";
import { compilingWarninglists, type UnusableWarning } from "./warninglists/warninglists.ts";

/** What is known beside MISP's events, and may change while the courier runs. */
export interface Knowledge {
  /** The number of the organisation that the key belongs to; `null` until MISP was asked. */
  ownOrganisation: number | null;
  /** What warninglists say of an attribute's value, or of one half of it, as MISP has it. */
  warn(type: string, value: string): WarninglistVerdict;
  trust: TrustIndex;
  /** Entries of warninglists that will never match, and why. */
  readonly unusable: readonly UnusableWarning[];
}

export interface KnowledgeSettings {
  roles: Readonly<Record<string, Role>>;
  trust: readonly TrustSetting[];
  prefix: string;
}

const NOTHING: WarninglistVerdict = { block: false, lower: 0, hits: [] };

/** Makes lists ready to be asked, in steps. */
export function* compilingKnowledge(
  lists: readonly Warninglist[],
  { roles, trust, prefix }: KnowledgeSettings,
  ownOrganisation: number | null,
): Compilation<Knowledge> {
  const warninglists = yield* compilingWarninglists(lists);
  const roleOf = compileRoles(roles);
  return {
    ownOrganisation,
    trust: compileTrust(lists, trust, prefix),
    unusable: warninglists.unusable,
    warn(type, value) {
      const matches = warninglists.match(type, value);
      return matches.length === 0 ? NOTHING : verdictOf(matches, roleOf);
    },
  };
}

/** Knows of no list and of no organisation. */
export const IGNORANCE: Knowledge = {
  ownOrganisation: null,
  warn: () => NOTHING,
  trust: { trustOf: () => null, missing: [] },
  unusable: [],
};
