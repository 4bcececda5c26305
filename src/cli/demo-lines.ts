import type { DemoLine } from "../demo/line.ts";
import { printable } from "./printable.ts";

/** How the demonstration looks on a terminal. */
export interface DemoLook {
  colour: boolean;
  /** Columns. */
  width: number;
}

const LOOKS: Record<DemoLine["kind"], { label: string; colour: number }> = {
  story: { label: "", colour: 1 },
  heard: { label: "heard", colour: 36 },
  decided: { label: "decided", colour: 33 },
  added: { label: "written", colour: 32 },
  removed: { label: "written", colour: 31 },
  lists: { label: "lists", colour: 2 },
  log: { label: "log", colour: 35 },
};

const SIGNS: Partial<Record<DemoLine["kind"], string>> = { added: "+", removed: "-" };

/** Columns of the time, the label, the elapsed time, a value and a type. */
const TIME = 8;
const LABEL = 9;
const TOOK = 9;
const VALUE = 30;
const TYPE = 9;
/** A narrower terminal breaks the lines itself. */
const NARROWEST = 60;

/** One thing to show as aligned text, of several lines where one does not hold it. A paragraph begins with an empty line. */
export function demoLine(line: DemoLine, { colour, width }: DemoLook): string {
  const { label, colour: code } = LOOKS[line.kind];
  const time = `${(line.at / 1000).toFixed(1).padStart(TIME - 3)}s  `;
  const paint = (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  if (line.kind === "story") return `\n${time}${paint(wrap(abridged(line.text), TIME, width))}`;
  return `${time}${paint(label.padEnd(LABEL) + wrap(contentOf(line), TIME + LABEL, width))}`;
}

function contentOf({ kind, indicator, text, took }: DemoLine): string {
  const sign = SIGNS[kind];
  const subject = indicator
    ? `${abridged(indicator.value).padEnd(VALUE)} ${printable(indicator.type).padEnd(TYPE)} `
    : "";
  const elapsed = sign === undefined ? "" : (took === undefined ? "" : duration(took)).padEnd(TOOK);
  return `${elapsed}${sign ? `${sign} ` : ""}${subject}${abridged(text)}`.trimEnd();
}

/** Harmless on a terminal, and without the middle of hashes. */
function abridged(text: string): string {
  return printable(text).replace(/\b([0-9a-f]{14})[0-9a-f]{40,}([0-9a-f]{8})\b/g, "$1…$2");
}

/** Milliseconds as people read them: `38 ms`, `2.3 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Breaks between words so that what follows stands under the beginning, `indent` columns in. */
function wrap(text: string, indent: number, width: number): string {
  const room = width - indent;
  if (width < NARROWEST || text.length <= room) return text;
  const space = text.lastIndexOf(" ", room);
  if (space <= 0) return text;
  return `${text.slice(0, space).trimEnd()}\n${" ".repeat(indent)}${wrap(text.slice(space + 1), indent, width)}`;
}
