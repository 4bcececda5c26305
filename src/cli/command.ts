import type { ParseArgsConfig } from "node:util";

/** What a command has of the world around it. */
export interface Terminal {
  environment: Record<string, string | undefined>;
  out: (text: string) => void;
  err: (text: string) => void;
  colour: boolean;
  /** Columns. */
  width: number;
  /** Redraws one line in place; missing where that is no terminal. The empty text clears it. */
  progress?: ((line: string) => void) | undefined;
  /** Milliseconds. */
  clock: () => number;
  /** Aborted when the user wants to stop. */
  signal: AbortSignal;
  /** Has a listener called whenever the user wants the configuration read again; missing where nobody can ask for it. */
  reload?: ((listener: () => void) => void) | undefined;
}

/** The words after a command, parsed. */
export interface Given {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
}

/** One command of the command line. */
export interface Command {
  /** How it is called, after the program's name. */
  usage: string;
  summary: string;
  /** What else a person must know to use it, for its own help. */
  details?: string;
  options: NonNullable<ParseArgsConfig["options"]>;
  /** How many words it takes beside its options: at least, at most. */
  words: [least: number, most: number];
  /** Returns the exit code. */
  run(given: Given, terminal: Terminal): Promise<number>;
}

/** sysexits' codes, and two that it leaves to everybody: something was found, and the user has stopped it. */
export const Exit = {
  ok: 0,
  found: 1,
  usage: 64,
  badData: 65,
  noInput: 66,
  unavailable: 69,
  software: 70,
  cannotCreate: 73,
  noDisk: 74,
  protocol: 76,
  noPermission: 77,
  config: 78,
  stopped: 130,
} as const;

/** A call that cannot be understood; its message says what can. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const jsonOption = { json: { type: "boolean", default: false } } as const;

export function textOption(given: Given, name: string): string | undefined {
  const value = given.values[name];
  return typeof value === "string" ? value : undefined;
}
