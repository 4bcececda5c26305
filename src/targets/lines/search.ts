import type { LineFormat } from "./format.ts";
import { siftLines } from "./sieve.ts";

/** One line of a file: where its bytes are, and its first field. */
export interface Line {
  start: number;
  /** Behind the line break. */
  end: number;
  field: string;
}

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
/** What some programs put before a text to say that it is Unicode. */
const MARK = Buffer.from("\ufeff");
const ASCII = /^\p{ASCII}*$/u;

/** Up to so many fields one search each costs less than looking at every line. */
const FEW = 10;

/** Finds the lines of these fields, in the order of the file. */
export function findLines(content: Buffer, format: LineFormat, fields: ReadonlySet<string>): Line[] {
  return fields.size <= FEW ? searchLines(content, format, fields) : scanLines(content, format, fields);
}

/** Finds the lines of a few fields, in the order of the file: one search through the bytes for each. */
export function searchLines(content: Buffer, format: LineFormat, fields: Iterable<string>): Line[] {
  const body = bodyStart(content, format);
  const lines = [...fields].flatMap((field) => searchField(content, body, format, field));
  return lines.sort((one, other) => one.start - other.start);
}

/** Finds the lines of any number of fields, in the order of the file: one look at every byte. */
export function scanLines(content: Buffer, format: LineFormat, fields: ReadonlySet<string>): Line[] {
  const named = new Map([...fields].map((field) => [byteText(field), field]));
  return siftLines(content, bodyStart(content, format), format, fields).flatMap((start) => {
    const line = lineAt(content, start, format);
    const field = named.get(line.field);
    return field === undefined ? [] : [{ ...line, field }];
  });
}

/** The first fields of the file in their order, spelled as in the file and one character for each byte (`latin1`). */
export function* firstFields(content: Buffer, format: LineFormat): Generator<string> {
  for (const line of allLines(content, format)) yield line.field;
}

/** The entries of the file in their order: the first field and what stands behind it, one character for each byte (`latin1`). */
export function* rows(content: Buffer, format: LineFormat): Generator<{ field: string; rest: string }> {
  for (const { start, end, field } of allLines(content, format)) {
    yield { field, rest: textOf(content, start, end).slice(field.length + 1) };
  }
}

/** Where the entries begin: behind the header, or at 0 in a file that lacks it. */
export function bodyStart(content: Buffer, format: LineFormat): number {
  if (format.header === null) return 0;
  const end = lineEnd(content, 0);
  const start = isMarked(content) ? MARK.length : 0;
  const named = fieldOf(byteText(format.header), format);
  const first = fieldOf(textOf(content, start, end), format);
  // Somebody may have saved the file with a program that puts quotes around everything.
  return first === named || first === `"${named}"` ? end : 0;
}

/** Whether the file begins with the mark of Unicode, which makes its first line another one. */
export function isMarked(content: Buffer): boolean {
  return content.subarray(0, MARK.length).equals(MARK);
}

/** The line without its break, one character for each byte. */
export function textOf(content: Buffer, start: number, end: number): string {
  let stop = end;
  if (stop > start && content[stop - 1] === LF) stop -= 1;
  if (stop > start && content[stop - 1] === CR) stop -= 1;
  return content.toString("latin1", start, stop);
}

/** The bytes of a text as UTF-8, one character for each, so that they compare with bytes of a file that may be anything. */
export function byteText(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString("latin1");
}

function searchField(content: Buffer, body: number, format: LineFormat, field: string): Line[] {
  const lines: Line[] = [];
  const needle = Buffer.from(`\n${field}`);
  const note = (start: number): void => {
    const behind = start + needle.length - 1;
    if (fieldEnds(content, behind, format)) lines.push({ start, end: lineEnd(content, behind), field });
  };
  // The first line of a file without a header has no line break in front of it.
  if (body === 0 && content.subarray(0, needle.length - 1).equals(needle.subarray(1))) note(0);
  for (let at = content.indexOf(needle, Math.max(0, body - 1)); at !== -1; at = content.indexOf(needle, at + 1)) {
    note(at + 1);
  }
  return lines;
}

function fieldEnds(content: Buffer, at: number, format: LineFormat): boolean {
  const byte = content[at];
  if (byte === CR) return at + 1 === content.length || content[at + 1] === LF;
  return byte === undefined || byte === LF || (format.fields && byte === COMMA);
}

function* allLines(content: Buffer, format: LineFormat): Generator<Line> {
  for (let start = bodyStart(content, format); start < content.length; ) {
    const line = lineAt(content, start, format);
    yield line;
    start = line.end;
  }
}

function lineAt(content: Buffer, start: number, format: LineFormat): Line {
  const end = lineEnd(content, start);
  return { start, end, field: fieldOf(textOf(content, start, end), format) };
}

function lineEnd(content: Buffer, from: number): number {
  const lineBreak = content.indexOf(LF, from);
  return lineBreak === -1 ? content.length : lineBreak + 1;
}

function fieldOf(line: string, format: LineFormat): string {
  if (!format.fields) return line;
  if (!line.startsWith('"')) {
    const comma = line.indexOf(",");
    return comma === -1 ? line : line.slice(0, comma);
  }
  let quote = line.indexOf('"', 1);
  while (quote !== -1 && line[quote + 1] === '"') quote = line.indexOf('"', quote + 2);
  const closed = quote !== -1 && (quote + 1 === line.length || line[quote + 1] === ",");
  return closed ? line.slice(0, quote + 1) : line;
}
