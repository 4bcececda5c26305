import type { ErrorCode } from "yaml";

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: "has an alias (*) without its anchor (&)",
  BAD_DQ_ESCAPE: "has a backslash that double quotes do not know; use single quotes",
  BAD_INDENT: "is not indented as what it belongs to",
  BLOCK_AS_IMPLICIT_KEY: "has a second colon on its line; put the value in quotes",
  DUPLICATE_KEY: "this key is there twice",
  MISSING_CHAR: "something is missing here: a colon, a comma, a quote or a closing bracket",
  MULTILINE_IMPLICIT_KEY: "is no key: a colon is missing here or on a line before",
  MULTIPLE_DOCS: "a second document begins here; only one is read",
  NON_STRING_KEY: "this key is not text",
  RESOURCE_EXHAUSTION: "is nested too deeply",
  TAB_AS_INDENT: "is indented with a tab; use spaces",
  TAG_RESOLVE_FAILED: "has a tag (!) that is not known; put the value in quotes",
  UNEXPECTED_TOKEN: "does not belong here; check quotes, brackets and indentation",
};

/** What is wrong with the YAML at a place. The parser's own sentence may quote the file, and with it a secret. */
export function syntaxMessage(code: ErrorCode): string {
  return MESSAGES[code] ?? "is not valid YAML";
}
