import { type Compilation, eachEntry } from "./compilation.ts";
import { ListSets } from "./list-sets.ts";
import type { Findings, Matcher, NumberedList } from "./matcher.ts";

/** All entries of all lists in one tree of code units (Aho and Corasick): node 0 is the root, and 0 means "none". */
interface Automaton {
  unit: Uint16Array;
  firstChild: Uint32Array;
  nextSibling: Uint32Array;
  /** The children of the root, whose siblings would be many. */
  rootChildren: Uint32Array;
  /** The node of the longest end of this node's text that is in the tree. */
  fallback: Uint32Array;
  /** The next node on the way of the fallbacks where an entry ends. */
  nextEnd: Uint32Array;
  /** The lists with an entry that ends here, as a set. */
  ownLists: Uint32Array;
  /** The same and those of all fallbacks. */
  allLists: Uint32Array;
  sets: ListSets;
  depth: Uint32Array;
  size: number;
}

/** Lists of type `substring`: the value has an entry somewhere in it. One walk over the value finds those of all lists. */
export function* compileSubstrings(lists: readonly NumberedList[]): Compilation<Matcher> {
  const automaton = emptyAutomaton(
    lists.flatMap(({ entries }) => entries).reduce((sum, { length }) => sum + length, 1),
  );
  yield* eachEntry(lists, (entry, list) => addEntry(automaton, entry, list));
  connect(automaton);
  return (value, findings) => walk(automaton, value, findings);
}

function emptyAutomaton(nodes: number): Automaton {
  return {
    unit: new Uint16Array(nodes),
    firstChild: new Uint32Array(nodes),
    nextSibling: new Uint32Array(nodes),
    rootChildren: new Uint32Array(0x10000),
    fallback: new Uint32Array(nodes),
    nextEnd: new Uint32Array(nodes),
    ownLists: new Uint32Array(nodes),
    allLists: new Uint32Array(nodes),
    sets: new ListSets(),
    depth: new Uint32Array(nodes),
    size: 1,
  };
}

function addEntry(automaton: Automaton, entry: string, list: number): void {
  if (entry === "") return;
  let node = 0;
  for (let index = 0; index < entry.length; index += 1) {
    const unit = entry.charCodeAt(index);
    node = childOf(automaton, node, unit) || addChild(automaton, node, unit);
  }
  automaton.ownLists[node] = automaton.sets.with(automaton.ownLists[node] ?? 0, list);
}

function addChild(automaton: Automaton, parent: number, unit: number): number {
  const node = automaton.size;
  automaton.size += 1;
  automaton.unit[node] = unit;
  automaton.depth[node] = (automaton.depth[parent] ?? 0) + 1;
  automaton.nextSibling[node] = automaton.firstChild[parent] ?? 0;
  automaton.firstChild[parent] = node;
  if (parent === 0) automaton.rootChildren[unit] = node;
  return node;
}

function childOf(automaton: Automaton, parent: number, unit: number): number {
  if (parent === 0) return automaton.rootChildren[unit] ?? 0;
  let child = automaton.firstChild[parent] ?? 0;
  while (child !== 0 && automaton.unit[child] !== unit) child = automaton.nextSibling[child] ?? 0;
  return child;
}

/** Where the walk is after one more code unit. */
function step(automaton: Automaton, from: number, unit: number): number {
  let node = from;
  for (;;) {
    const child = childOf(automaton, node, unit);
    if (child !== 0 || node === 0) return child;
    node = automaton.fallback[node] ?? 0;
  }
}

/** Finds the fallbacks, level by level: those of a node are shorter than its own text. */
function connect(automaton: Automaton): void {
  const queue = [0];
  for (const parent of queue) {
    let node = automaton.firstChild[parent] ?? 0;
    while (node !== 0) {
      connectNode(automaton, node, parent);
      queue.push(node);
      node = automaton.nextSibling[node] ?? 0;
    }
  }
}

function connectNode(automaton: Automaton, node: number, parent: number): void {
  const { unit, fallback, nextEnd, ownLists, allLists, sets } = automaton;
  const shorter = parent === 0 ? 0 : step(automaton, fallback[parent] ?? 0, unit[node] ?? 0);
  fallback[node] = shorter;
  nextEnd[node] = ownLists[shorter] === 0 ? (nextEnd[shorter] ?? 0) : shorter;
  allLists[node] = union(sets, allLists[shorter] ?? 0, ownLists[node] ?? 0);
}

function union(sets: ListSets, one: number, other: number): number {
  return sets.lists(other).reduce((set, list) => sets.with(set, list), one);
}

function walk(automaton: Automaton, value: string, findings: Findings): void {
  const { allLists, sets } = automaton;
  let node = 0;
  for (let index = 0; index < value.length; index += 1) {
    node = step(automaton, node, value.charCodeAt(index));
    const lists = allLists[node] ?? 0;
    if (lists === 0 || !sets.lists(lists).some(findings.wants)) continue;
    report(automaton, node, value.slice(0, index + 1), findings);
  }
}

/** Reports every entry that `text` ends with and whose list is still wanted, the longest first. */
function report({ nextEnd, ownLists, depth, sets }: Automaton, node: number, text: string, findings: Findings): void {
  for (let end = node; end !== 0; end = nextEnd[end] ?? 0) {
    for (const list of sets.lists(ownLists[end] ?? 0)) {
      if (findings.wants(list)) findings.add(list, text.slice(-(depth[end] ?? 0)));
    }
  }
}
