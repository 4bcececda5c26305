import { RE2JS } from "re2js";
import { type Compilation, eachEntry } from "./compilation.ts";
import type { Findings, Matcher, NumberedList } from "./matcher.ts";
import { type Pcre, parsePcre } from "./pcre.ts";
import { toRe2 } from "./pcre-syntax.ts";

/** An entry that never matches, and why: MISP cannot use it either, or RE2 cannot do what it asks. */
export interface UnusableEntry {
  list: number;
  entry: string;
  reason: string;
}

interface Expression {
  entry: string;
  /** PHP compares bytes unless the flag `u` says otherwise. */
  bytes: boolean;
  test(text: string): boolean;
}

/**
 * Lists of type `regex`: an entry matches somewhere in the value, in time that grows with its length alone.
 * @param unusable is told of each entry that will never match
 */
export function* compileRegexes(
  lists: readonly NumberedList[],
  unusable: (entry: UnusableEntry) => void,
): Compilation<Matcher> {
  const compiled = lists.map(({ number }) => ({ number, expressions: [] as Expression[] }));
  const byNumber = new Map(compiled.map((list) => [list.number, list]));
  yield* eachEntry(lists, (entry, list) => {
    const refuse = (refused: string, reason: string) => unusable({ list, entry: refused, reason });
    byNumber.get(list)?.expressions.push(...compileEntry(entry, refuse));
  });
  return (value, findings) => {
    const bytes = asBytes(value);
    for (const { number, expressions } of compiled) {
      if (findings.wants(number)) findFirst(number, expressions, value, bytes, findings);
    }
  };
}

function findFirst(
  list: number,
  expressions: readonly Expression[],
  value: string,
  bytes: string,
  findings: Findings,
): void {
  const found = expressions.find((expression) => expression.test(expression.bytes ? bytes : value));
  if (found) findings.add(list, found.entry);
}

function compileEntry(entry: string, refuse: (entry: string, reason: string) => void): Expression[] {
  try {
    const pcre = parsePcre(entry);
    const bytes = !pcre.flags.has("u");
    const expression = RE2JS.compile(toRe2(bytes ? { ...pcre, body: asBytes(pcre.body) } : pcre), flagsOf(pcre));
    return [{ entry, bytes, test: (text) => expression.test(text) }];
  } catch (cause) {
    refuse(entry, cause instanceof Error ? cause.message : String(cause));
    return [];
  }
}

function flagsOf({ flags }: Pcre): number {
  let given = RE2JS.LOOKBEHINDS;
  if (flags.has("i")) given |= RE2JS.CASE_INSENSITIVE;
  if (flags.has("s")) given |= RE2JS.DOTALL;
  if (flags.has("m")) given |= RE2JS.MULTILINE;
  return given;
}

/** A text with one character for each byte of its UTF-8 form. */
function asBytes(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString("latin1");
}
