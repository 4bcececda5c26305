import { type Compilation, eachEntry } from "./compilation.ts";
import { ListIndex } from "./list-index.ts";
import type { Findings, Matcher, NumberedList } from "./matcher.ts";

const DOT = 0x2e;

/**
 * Lists of type `hostname`: the value's host is an entry or lies under one; of several the shortest is reported. As in
 * MISP, the host is what stands before the first slash or between the second and the third, as it is written: capitals, a
 * port or a user name keep it from being found.
 */
export function* compileHostnames(lists: readonly NumberedList[]): Compilation<Matcher> {
  const index = new ListIndex(lists.reduce((sum, { entries }) => sum + entries.length, 0));
  yield* eachEntry(lists, (entry, list) => index.add(Buffer.from(hostEntry(entry)), list));
  return (value, findings) => matchHost(hostOf(value), index, findings);
}

/** An entry as MISP compares it: without the dots around it, its ASCII letters small. */
export function hostEntry(entry: string): string {
  let start = 0;
  while (entry[start] === ".") start += 1;
  const name = withoutDotsAtEnd(entry.slice(start));
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase()) : name;
}

/** What MISP takes for the host of a value. */
function hostOf(value: string): string {
  const pieces = value.split("/", 3);
  return withoutDotsAtEnd((value.includes("//") ? pieces[2] : pieces[0]) ?? "");
}

function withoutDotsAtEnd(name: string): string {
  let end = name.length;
  while (name[end - 1] === ".") end -= 1;
  return name.slice(0, end);
}

function matchHost(host: string, index: ListIndex, findings: Findings): void {
  const visit = (entry: string, found: readonly number[]) => {
    for (const list of found) if (findings.wants(list)) findings.add(list, entry);
  };
  let rest = host;
  // PHP takes a label 0 at the end for nothing at all: it is looked up by itself, and forgotten.
  for (let dot = rest.lastIndexOf("."); dot >= 0; dot = rest.lastIndexOf(".")) {
    const label = rest.slice(dot + 1);
    if (label !== "" && label !== "0") break;
    visit(label, index.find(Buffer.from(label)));
    rest = rest.slice(0, dot);
  }
  // What lies further left than the longest entry reaches cannot be part of one.
  const name = Buffer.from(rest.slice(-index.longest - 1));
  index.findEnds(name, DOT, (start, found) => visit(name.toString("utf8", start), found));
}
