import { isComposite } from "../../model/indicator.ts";
import { type Compilation, finish } from "./compilation.ts";
import { compileCidrs } from "./match-cidr.ts";
import { compileHostnames } from "./match-hostname.ts";
import { compileRegexes } from "./match-regex.ts";
import { compileStrings } from "./match-string.ts";
import { compileSubstrings } from "./match-substring.ts";
import type { Findings, Matcher, NumberedList } from "./matcher.ts";
import { WARNINGLIST_KINDS, type Warninglist, type WarninglistKind, type WarninglistSummary } from "./warninglist.ts";

/** One list that warns of an attribute. */
export interface WarninglistMatch {
  list: WarninglistSummary;
  /** As MISP reports it: a network with its prefix length, a host name in small letters. */
  entry: string;
  /** The attribute's value, or the half of a composite value that is on the list. */
  value: string;
}

/** An entry of a list that will never match, and why. */
export interface UnusableWarning {
  list: WarninglistSummary;
  entry: string;
  reason: string;
}

/** All lists, ready to be asked. */
export interface Warninglists {
  /**
   * The lists that warn of an attribute, in their order, for the type and the value exactly as MISP has them: comparing
   * is sensitive to capitals, so that a normalised value may get another answer. The IDS flag is not looked at.
   */
  match(type: string, value: string): WarninglistMatch[];
  readonly unusable: readonly UnusableWarning[];
}

/** What is asked of which lists for attributes of one type. */
interface Scope {
  wanted: Uint8Array;
  matchers: readonly Matcher[];
}

/** Makes lists ready at one go; see {@link compilingWarninglists}. */
export function compileWarninglists(lists: readonly Warninglist[]): Warninglists {
  return finish(compilingWarninglists(lists));
}

/** Makes lists ready; it takes about a second for a million entries, and then holds none of the texts given. */
export function* compilingWarninglists(lists: readonly Warninglist[]): Compilation<Warninglists> {
  const summaries = lists.map(summaryOf);
  const unusable: UnusableWarning[] = [];
  const matchers = yield* compileKinds(lists, (number, entry, reason) => {
    const list = summaries[number];
    if (list) unusable.push({ list, entry, reason });
  });
  const scopeOf = compileScopes(lists, matchers);
  return {
    unusable,
    match: (type, value) => matchesOf(textsToCompare(type, value), scopeOf(type), summaries),
  };
}

/** What is told of a list in a match, without its entries. */
export function summaryOf({ id, name, category }: WarninglistSummary): WarninglistSummary {
  return { id, name, category };
}

/** What MISP compares with each list: a composite value in two, whatever the kind of its halves. */
export function textsToCompare(type: string, value: string): readonly string[] {
  const bar = isComposite(type) ? value.indexOf("|") : -1;
  return bar < 0 ? [value] : [value.slice(0, bar), value.slice(bar + 1)];
}

type Refusal = (list: number, entry: string, reason: string) => void;
type KindMatchers = ReadonlyMap<WarninglistKind, Matcher>;

function* compileKinds(lists: readonly Warninglist[], refuse: Refusal): Compilation<KindMatchers> {
  const numbered = lists.map(({ type, entries }, number) => ({ type, number, entries }));
  const compile: Record<WarninglistKind, (lists: readonly NumberedList[]) => Compilation<Matcher>> = {
    string: compileStrings,
    hostname: compileHostnames,
    cidr: compileCidrs,
    substring: compileSubstrings,
    regex: (given) => compileRegexes(given, ({ list, entry, reason }) => refuse(list, entry, reason)),
  };
  const matchers = new Map<WarninglistKind, Matcher>();
  for (const kind of WARNINGLIST_KINDS) {
    matchers.set(kind, yield* compile[kind](numbered.filter(({ type }) => type === kind)));
  }
  return matchers;
}

/** Remembers one scope for each type that a list names, and one for all the others. */
function compileScopes(lists: readonly Warninglist[], matchers: KindMatchers): (type: string) => Scope {
  const named = new Set(lists.flatMap(({ matchingAttributes }) => matchingAttributes));
  const scopes = new Map([...named].map((type) => [type, scopeFor(type, lists, matchers)]));
  const others = scopeFor("ALL", lists, matchers);
  return (type) => scopes.get(type) ?? others;
}

function scopeFor(type: string, lists: readonly Warninglist[], matchers: KindMatchers): Scope {
  const applies = ({ matchingAttributes }: Warninglist) =>
    matchingAttributes.includes("ALL") || matchingAttributes.includes(type);
  const kinds = new Set(lists.filter(applies).map(({ type: kind }) => kind));
  return {
    wanted: Uint8Array.from(lists, (list) => Number(applies(list))),
    matchers: [...matchers].filter(([kind]) => kinds.has(kind)).map(([, matcher]) => matcher),
  };
}

function matchesOf(
  parts: readonly string[],
  { wanted, matchers }: Scope,
  summaries: readonly WarninglistSummary[],
): WarninglistMatch[] {
  const found = new Map<number, { entry: string; value: string }>();
  for (const value of parts) {
    const findings: Findings = {
      wants: (list) => wanted[list] === 1 && !found.has(list),
      add: (list, entry) => found.set(list, { entry, value }),
    };
    for (const matcher of matchers) matcher(value, findings);
  }
  if (found.size === 0) return [];
  return [...found]
    .sort(([one], [other]) => one - other)
    .flatMap(([number, { entry, value }]) => {
      const list = summaries[number];
      return list ? [{ list, entry, value }] : [];
    });
}
