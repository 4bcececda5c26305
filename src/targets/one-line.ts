const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
// With the u flag a surrogate pair is one character outside this range: only lone halves match.
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/**
 * Tells why a value cannot stand as one line of a text file, or `undefined` when it can. A value that breaks the line
 * would smuggle in entries of its writer's choice.
 */
export function unfitForLine(value: string): string | undefined {
  if (value === "") return "the value is empty";
  if (CONTROL.test(value)) return "the value contains a control character or a line separator";
  if (LONE_SURROGATE.test(value)) return "the value is not well-formed Unicode";
  return undefined;
}

/** Makes one line of a text that people read: runs of control characters and line separators become one space. */
export function onOneLine(text: string): string {
  return text.replaceAll(CONTROLS, " ");
}
