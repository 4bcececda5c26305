/** One mistake in a configuration file. Lines and columns count from 1; line 0 means the file as a whole. */
export interface ConfigIssue {
  line: number;
  column: number;
  /** Such as `targets.blocklists.type` or `curation.trust[0].tag`; empty for the file as a whole. */
  path: string;
  /** What is wrong, without the value. */
  message: string;
}

/** A configuration that cannot be used: every mistake in it at once, in the order of the file. Exit code 78. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** The file as it was named. */
  readonly file: string;
  readonly issues: readonly ConfigIssue[];

  constructor(file: string, issues: readonly ConfigIssue[]) {
    super(issues.length === 1 ? "the configuration has a mistake" : `the configuration has ${issues.length} mistakes`);
    this.file = file;
    this.issues = [...issues].sort((left, right) => left.line - right.line || left.column - right.column);
  }
}

/** The text for the terminal: one line a mistake, `config.yaml:12 targets.blocklists.typ: unknown key, …`. */
export function formatConfigError(error: ConfigError): string {
  return error.issues.map((issue) => formatIssue(issue, error.file)).join("\n");
}

function formatIssue({ line, path, message }: ConfigIssue, name: string): string {
  const place = line === 0 ? name : `${name}:${line}`;
  return path === "" ? `${place}: ${message}` : `${place} ${path}: ${message}`;
}

/** Writes a path as people do: dots between keys, numbers in brackets. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      return index === 0 ? nameOf(part) : `.${nameOf(part)}`;
    })
    .join("");
}

/** Without a space behind its colon a value is part of the key, and may be a secret. */
function nameOf(part: PropertyKey): string {
  return String(part).replace(/:(?!\s).+/s, ":…");
}
