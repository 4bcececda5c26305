import type { LineFormat } from "./format.ts";

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;

/** FNV-1a, over four bytes at a time. */
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
  for (const field of fields) {
    const bytes = Buffer.from(field);
    cells[keyOf(viewOf(bytes), 0, bytes.length, format.fields) & mask] = 1;
  }
  const view = viewOf(content);
  const starts: number[] = [];
  for (let start = from; start < content.length; ) {
    const lineBreak = content.indexOf(LF, start);
    const end = lineBreak === -1 ? content.length : lineBreak;
    const stop = end > start && content[end - 1] === CR ? end - 1 : end;
    // A quoted field may hold commas, at which its key would end.
    if (cells[keyOf(view, start, stop, format.fields) & mask] || content[start] === QUOTE) starts.push(start);
    start = end + 1;
  }
  return starts;
}

/** A number from the first bytes of a field; other fields may have the same. */
function keyOf(view: DataView, start: number, end: number, endsAtComma: boolean): number {
  const stop = Math.min(start + LOOK, end);
  let key = SEED;
  let at = start;
  for (; at + 4 <= stop; at += 4) {
    const four = view.getInt32(at);
    if (endsAtComma && hasComma(four)) break;
    key = mixed(key, four);
  }
  for (; at < stop; at += 1) {
    const byte = view.getUint8(at);
    if (endsAtComma && byte === COMMA) break;
    key = mixed(key, byte);
  }
  return key;
}

function mixed(key: number, bits: number): number {
  const product = Math.imul(key ^ bits, PRIME);
  // What is high must come to count in what is low, of which the cell is made.
  return product ^ (product >>> 15);
}

/** Whether one of four bytes is a comma: only from a byte that is 0 does the subtraction borrow its highest bit. */
function hasComma(four: number): boolean {
  const difference = four ^ 0x2c2c2c2c;
  return ((difference - 0x01010101) & ~difference & 0x80808080) !== 0;
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
