import type { LineFormat } from "./format.ts";
import { bodyStart, byteText, findLines, type Line, textOf } from "./search.ts";

/** For each first field, spelled as the file spells it: the line it is to have, or `null` for none. */
export type LineChanges = ReadonlyMap<string, string | null>;

const LF = 0x0a;

/**
 * Applies changes to the bytes of a text file. A line that is as wanted keeps its place, other lines of a named field go,
 * what is missing comes at the end, and every other byte stays.
 * @returns the new content, or `undefined` when nothing would change
 */
export function editLines(content: Buffer, format: LineFormat, changes: LineChanges): Buffer | undefined {
  const body = bodyStart(content, format);
  const { cuts, missing } = compare(content, changes, findLines(content, format, new Set(changes.keys())));
  const header = format.header === null ? "" : `${format.header}\n`;
  if (cuts.length === 0 && missing.length === 0 && content.toString("latin1", 0, body) === byteText(header)) return;
  const kept = without(content, body, cuts);
  const last = kept.at(-1)?.at(-1);
  const joint = missing.length > 0 && last !== undefined && last !== LF ? "\n" : "";
  const tail = missing.map((line) => `${line}\n`).join("");
  return Buffer.concat([Buffer.from(header), ...kept, Buffer.from(joint + tail)]);
}

function compare(content: Buffer, changes: LineChanges, lines: readonly Line[]) {
  const present = new Set<string>();
  const cuts = lines.filter(({ start, end, field }) => {
    const wanted = changes.get(field) ?? null;
    if (wanted === null || present.has(field) || textOf(content, start, end) !== byteText(wanted)) return true;
    present.add(field);
    return false;
  });
  const missing = [...changes].flatMap(([field, line]) => (line === null || present.has(field) ? [] : [line]));
  return { cuts, missing };
}

function without(content: Buffer, body: number, cuts: readonly Line[]): Buffer[] {
  const starts = [body, ...cuts.map((cut) => cut.end)];
  const ends = [...cuts.map((cut) => cut.start), content.length];
  return starts.map((start, n) => content.subarray(start, ends[n])).filter((piece) => piece.length > 0);
}
