import { gzipSync } from "node:zlib";

/** One file of an archive. */
export interface ArchivedFile {
  /** With `/` between its parts, 100 bytes at the most. */
  path: string;
  content: Buffer;
}

const BLOCK = 512;

/** A gzipped tar archive of files that all may read. The same files make the same bytes. */
export function archive(files: readonly ArchivedFile[]): Buffer {
  const blocks = files.flatMap(({ path, content }) => [header(path, content.length), padded(content)]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

/** The header of a regular file in the POSIX format (ustar). */
function header(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is too long a path for this archive`);
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0);
  block.write("0000644\0", 100);
  block.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108);
  block.write(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124);
  // The checksum is reckoned with blanks in its own place.
  block.write("        ", 148);
  block.write("0ustar\u000000", 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(number: number, digits: number): string {
  return number.toString(8).padStart(digits, "0");
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}
