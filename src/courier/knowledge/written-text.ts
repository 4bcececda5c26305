/**
 * The text of a file that people write. Editors and shells of Windows put a mark before it, or write it as UTF-16: nothing in it
 * would be what it says.
 */
export function writtenText(bytes: Buffer): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf([first, second]: Buffer): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return "utf-8";
}
