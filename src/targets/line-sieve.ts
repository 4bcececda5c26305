import type { LineFormat } from "./line-format.ts";

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;

/** FNV-1a. */
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;
/** How many bytes of a line are looked at. */
const LOOK = 32;
/** Cells for each field: of lines that are about none of them, one in so many passes. */
const SPARSE = 32;

/**
 * Where the lines begin that may be about one of these fields, in their order; of the others most are left out. To make a
 * text of each of a million lines takes several times as long as to look at how they begin.
 * @param from where the first line begins
 */
export function siftLines(content: Buffer, from: number, format: LineFormat, fields: ReadonlySet<string>): number[] {
  const cells = new Uint8Array(2 ** Math.ceil(Math.log2((fields.size + 1) * SPARSE)));
  const mask = cells.length - 1;
  for (const field of fields) cells[keyOf(Buffer.from(field), 0, format.fields) & mask] = 1;
  const starts: number[] = [];
  for (let start = from; start < content.length; ) {
    // A quoted field may hold commas, at which its key would end.
    if (cells[keyOf(content, start, format.fields) & mask] || content[start] === QUOTE) starts.push(start);
    const lineBreak = content.indexOf(LF, start);
    start = lineBreak === -1 ? content.length : lineBreak + 1;
  }
  return starts;
}

/** A number from the first bytes of a field; other fields may have the same. */
function keyOf(content: Buffer, start: number, endsAtComma: boolean): number {
  const stop = Math.min(start + LOOK, content.length);
  let key = SEED;
  for (let at = start; at < stop; at += 1) {
    const byte = content[at] ?? LF;
    if (byte === LF || (endsAtComma && byte === COMMA)) break;
    // One before a line break is not part of the field.
    if (byte !== CR) key = Math.imul(key ^ byte, PRIME);
  }
  return key;
}
