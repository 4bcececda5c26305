import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
} from "yaml";
import { type ConfigIssue, formatPath } from "./issue.ts";
import { syntaxMessage } from "./syntax.ts";
import { type Environment, fillReferences, maskReferences, unmaskReferences } from "./variables.ts";

type Path = readonly PropertyKey[];

/** A configuration file that was read: its data, what is wrong with it so far, and where each path stands. */
export interface Source {
  /** `undefined` when the YAML is too broken to say anything about its content. */
  data: unknown;
  issues: ConfigIssue[];
  place(path: Path): { line: number; column: number };
}

/** An alias may multiply what is written, but not by much. */
const ALIASES = 100;
const ENDLESS = "has an alias (*) within what it stands for";
const MERGE = "<< stands before what is no group of keys";
/** One broken bracket can upset every line after it; nobody reads more than this. */
const MOST_COMPLAINTS = 100;

/** Reads YAML with `${…}` filled from the environment. Never throws: what is wrong is among the issues. */
export function readSource(text: string, environment: Environment): Source {
  const lines = new LineCounter();
  const document = parse(maskReferences(text), lines);
  if (!document || document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION")) return unreadable();
  const place = (offset: number) => position(lines, offset);
  const issueAt = (offset: number, message: string): ConfigIssue => ({
    ...place(offset),
    path: unmaskReferences(formatPath(pathAt(document.contents, offset))),
    message,
  });
  const complaints = [...document.errors, ...document.warnings].slice(0, MOST_COMPLAINTS);
  const issues = complaints.map(({ code, pos }) => issueAt(pos[0], syntaxMessage(code)));
  fillIn(document, environment, (offset, message) => issues.push(issueAt(offset, message)));
  const broken = document.errors.some(({ code }) => code !== "DUPLICATE_KEY" && code !== "NON_STRING_KEY");
  const data = broken ? undefined : toData(document, issues);
  return { data, issues, place: (path) => place(offsetOf(document, path)) };
}

/**
 * Fills the references of all values; an alias that leads nowhere, or back into itself, is named and becomes an empty text, a
 * merge of no groups goes.
 */
function fillIn(document: Document, environment: Environment, report: (offset: number, message: string) => unknown) {
  visit(document, {
    Scalar(key, node) {
      if (typeof node.value !== "string") return;
      const offset = startOf(node) ?? 0;
      const fill = (value: string) => fillReferences(value, environment, (message) => report(offset, message));
      node.value = key === "key" ? unmaskReferences(node.value) : fill(node.value);
      // JavaScript's own word, which no map would keep: a target of this name would be missing.
      if (key === "key" && node.value === "__proto__") report(offset, "cannot be a name here");
    },
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== "<<" || isMergeable(value, document)) return;
      report(startOf(key) ?? 0, MERGE);
      return visit.REMOVE;
    },
    Alias(_, node, within) {
      const meant = node.resolve(document);
      if (meant !== undefined && !within.includes(meant)) return;
      report(startOf(node) ?? 0, meant === undefined ? syntaxMessage("BAD_ALIAS") : ENDLESS);
      const empty = new Scalar("");
      if (node.range) empty.range = node.range;
      return empty;
    },
  });
}

/** Whether YAML can lay this beneath a group of keys. One that an alias only seems to name is complained about as that. */
function isMergeable(value: unknown, document: Document): boolean {
  const meant = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  const isGroup = (node: unknown) => node === undefined || isMap(node);
  const node = meant(value);
  return isSeq(node) ? node.items.every((item) => isGroup(meant(item))) : isGroup(node);
}

/** Keys are text as they are written: a target `007` is not 7, nor is `1.10` 1.1. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error", merge: true, stringKeys: true });
  } catch {
    return undefined;
  }
}

function toData(document: Document, issues: ConfigIssue[]): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES }) ?? {};
  } catch (error) {
    // An alias that leads nowhere has been named already.
    const message = error instanceof ReferenceError ? "its aliases (*) multiply it beyond measure" : MERGE;
    if (issues.length === 0) issues.push({ line: 1, column: 1, path: "", message });
    return undefined;
  }
}

function unreadable(): Source {
  const start = { line: 1, column: 1 };
  return { data: undefined, issues: [{ ...start, path: "", message: "is nested too deeply" }], place: () => start };
}

function position(lines: LineCounter, offset: number) {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** The path of whatever stands at an offset, as deep as it is known. */
function pathAt(node: unknown, offset: number): PropertyKey[] {
  if (isMap(node)) {
    // A block ends where the next one begins: the later of the two is meant.
    for (const { key, value } of node.items.toReversed()) {
      if (!spans(key, value ?? key, offset)) continue;
      return [isScalar(key) ? String(key.value) : "?", ...pathAt(value, offset)];
    }
  }
  if (isSeq(node)) {
    const index = node.items.findLastIndex((item) => spans(item, item, offset));
    if (index >= 0) return [index, ...pathAt(node.items[index], offset)];
  }
  return [];
}

/** True when an offset lies from the beginning of one node to the end of another. */
function spans(first: unknown, last: unknown, offset: number): boolean {
  const begin = startOf(first);
  const end = isNode(last) ? last.range?.[1] : undefined;
  return begin !== undefined && end !== undefined && begin <= offset && offset <= end;
}

/** Where a path begins: at its key, or at the entry of a list; of a path that is not there, at what would hold it. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    const step = isMap(node) ? pairOf(node.items, part) : isSeq(node) ? entryOf(node.items, part) : undefined;
    if (!step) return offset;
    offset = step.offset ?? offset;
    node = step.node;
  }
  return offset;
}

interface Step {
  offset: number | undefined;
  node: unknown;
}

function pairOf(items: readonly { key: unknown; value: unknown }[], part: PropertyKey): Step | undefined {
  const pair = items.findLast(({ key }) => isScalar(key) && String(key.value) === String(part));
  return pair && { offset: startOf(pair.key), node: pair.value };
}

function entryOf(items: readonly unknown[], part: PropertyKey): Step | undefined {
  const node = items[Number(part)];
  return node === undefined ? undefined : { offset: startOf(node), node };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
