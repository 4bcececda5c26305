import { normalize } from "../normalize.ts";
import { type Compilation, eachEntry } from "./compilation.ts";
import { compileCidrs } from "./match-cidr.ts";
import { compileHostnames, hostEntry } from "./match-hostname.ts";
import type { Matcher } from "./matcher.ts";
import type { Warninglist, WarninglistKind, WarninglistSummary } from "./warninglist.ts";
import { summaryOf, textsToCompare } from "./warninglists.ts";

/** The entries of one list that came or went; all of them where the list itself did, or what it is for. */
export interface WarninglistChange {
  list: WarninglistSummary;
  type: WarninglistKind;
  matchingAttributes: readonly string[];
  changedEntries: readonly string[];
}

/** What changed from one state of all lists to another; lists are the same when id and name are. */
export function* comparing(
  before: readonly Warninglist[],
  after: readonly Warninglist[],
): Compilation<WarninglistChange[]> {
  const former = byKey(before);
  const present = byKey(after);
  const changes: WarninglistChange[] = [];
  for (const key of new Set([...former.keys(), ...present.keys()])) {
    changes.push(...(yield* changesOf(former.get(key), present.get(key))));
  }
  return changes.filter(({ changedEntries }) => changedEntries.length > 0);
}

function byKey(lists: readonly Warninglist[]): Map<string, Warninglist> {
  const keyed = new Map<string, Warninglist>();
  for (const list of lists) {
    let key = `${list.id ?? ""} ${list.name}`;
    // Two files may call their lists by the same name.
    while (keyed.has(key)) key += " ";
    keyed.set(key, list);
  }
  return keyed;
}

function* changesOf(before: Warninglist | undefined, after: Warninglist | undefined): Compilation<WarninglistChange[]> {
  if (before && after && purposeOf(before) === purposeOf(after)) {
    return [changeOf(after, yield* difference(before.entries, after.entries))];
  }
  return [before, after].filter((list) => list !== undefined).map((list) => changeOf(list, list.entries));
}

function purposeOf({ type, category, matchingAttributes }: Warninglist): string {
  return [type, category, ...new Set(matchingAttributes)].sort().join("\n");
}

function changeOf(list: Warninglist, changedEntries: readonly string[]): WarninglistChange {
  const { type, matchingAttributes } = list;
  return { list: summaryOf(list), type, matchingAttributes, changedEntries };
}

/** The entries that only one of the two has; what both begin and end with is not even looked at. */
function* difference(before: readonly string[], after: readonly string[]): Compilation<string[]> {
  if (before === after) return [];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const former = yield* setOf(before.slice(start, before.length - end));
  const present = yield* setOf(after.slice(start, after.length - end));
  return [...(yield* without(former, present)), ...(yield* without(present, former))];
}

function* setOf(entries: readonly string[], forms = (entry: string) => [entry]): Compilation<Set<string>> {
  const set = new Set<string>();
  yield* eachEntry([{ number: 0, entries }], (entry) => {
    for (const form of forms(entry)) set.add(form);
  });
  return set;
}

function* without(entries: ReadonlySet<string>, others: ReadonlySet<string>): Compilation<string[]> {
  const left: string[] = [];
  yield* eachEntry([{ number: 0, entries: [...entries] }], (entry) => {
    if (!others.has(entry)) left.push(entry);
  });
  return left;
}

/**
 * A test for attributes, or indicators made of them, whose warnings a change may alter: true for some that it leaves as
 * they are, never false for one that it alters. Of an attribute, what alters one half alters both.
 */
export function* touching(change: WarninglistChange): Compilation<(type: string, value: string) => boolean> {
  const types = withHalves(change.matchingAttributes);
  const test = yield* valueTest(change);
  return (type, value) => (types.has("ALL") || types.has(type)) && textsToCompare(type, value).some(test);
}

/** The values, as written and as normalised, that a change of a list of strings may touch; `null` for the other kinds. */
export function* values({ type, changedEntries }: WarninglistChange): Compilation<ReadonlySet<string> | null> {
  return type === "string" ? yield* setOf(changedEntries, formsOf) : null;
}

function formsOf(entry: string): string[] {
  const forms = [entry, entry.trim(), entry.trim().toLowerCase(), normalize("domain", entry), normalize("ip", entry)];
  return forms.filter((form) => form !== null);
}

/** A list for a composite type may touch the indicators that its halves are. */
function withHalves(types: readonly string[]): Set<string> {
  const halves = types.flatMap((type) => type.split("|"));
  return new Set([...types, ...halves, ...(types.includes("malware-sample") ? ["filename", "md5"] : [])]);
}

const NETWORK_IPV6 = /^[\da-f]*:[\da-f:.]*\//i;

function* valueTest(change: WarninglistChange): Compilation<(value: string) => boolean> {
  const forms = yield* values(change);
  if (forms) return (value) => forms.has(value);
  const { type, changedEntries } = change;
  if (type === "hostname") {
    const names = yield* setOf(changedEntries, (entry) => [entry, hostEntry(entry).toLowerCase()]);
    return found(yield* compileHostnames([{ number: 0, entries: [...names] }]));
  }
  if (type === "cidr") {
    const isInside = found(yield* compileCidrs([{ number: 0, entries: changedEntries }]));
    // Which network decides may depend on the others, so the value's own mask does not count here; for IPv6 on all of them.
    return (value) => NETWORK_IPV6.test(value) || isInside(value.split("/", 1).join());
  }
  return () => true;
}

function found(matcher: Matcher): (value: string) => boolean {
  return (value) => {
    let matched = false;
    matcher(value, {
      wants: () => !matched,
      add: () => {
        matched = true;
      },
    });
    return matched;
  };
}
