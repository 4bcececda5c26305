import type { Warninglist } from "./warninglist.ts";

/** One trust level: what being on a list of organisations is worth. */
export interface TrustSetting {
  /** Name of the list, without regard to capitals. */
  list: string;
  score: number;
  /** To be attached to the organisation's events. */
  tag?: string | undefined;
  publish: boolean;
}

/** The trust in one organisation. */
export interface Trust {
  /** The level with the highest score; of equal ones the first that is configured. */
  level: TrustSetting;
  /** All levels whose lists name the organisation, as configured. */
  matches: readonly TrustSetting[];
}

/** Trust in organisations, ready to be asked. */
export interface TrustIndex {
  /** `null` for an organisation that no list names. */
  trustOf(uuid: string): Trust | null;
  /** Configured lists that do not exist. */
  readonly missing: readonly string[];
}

/**
 * Finds the organisations in the lists that trust levels name: their entries are `prefix` and a UUID, with or without a
 * comment after `#`; other entries mean nothing.
 */
export function compileTrust(
  lists: readonly Warninglist[],
  settings: readonly TrustSetting[],
  prefix: string,
): TrustIndex {
  const levels = settings.map((setting) => ({ setting, uuids: uuidsOf(listsNamed(setting.list, lists), prefix) }));
  return {
    missing: [...new Set(settings.map(({ list }) => list))].filter((name) => listsNamed(name, lists).length === 0),
    trustOf(uuid) {
      const sought = uuid.toLowerCase();
      return highest(levels.filter(({ uuids }) => uuids.has(sought)).map(({ setting }) => setting));
    },
  };
}

function listsNamed(name: string, lists: readonly Warninglist[]): Warninglist[] {
  return lists.filter((list) => list.name.toLowerCase() === name.toLowerCase());
}

function uuidsOf(lists: readonly Warninglist[], prefix: string): Set<string> {
  return new Set(lists.flatMap(({ entries }) => organisationsIn(entries, prefix)));
}

/** The UUIDs that entries of a list name, in small letters. */
export function organisationsIn(entries: readonly string[], prefix: string): string[] {
  const start = prefix.toLowerCase();
  const named = entries.map(withoutComment).filter((entry) => entry.startsWith(start));
  return named.map((entry) => entry.slice(start.length).trim()).filter((uuid) => uuid !== "");
}

function withoutComment(entry: string): string {
  return entry.split("#", 1).join().trim().toLowerCase();
}

function highest(matches: readonly TrustSetting[]): Trust | null {
  const [first, ...others] = matches;
  if (first === undefined) return null;
  return { level: others.reduce((best, match) => (match.score > best.score ? match : best), first), matches };
}
