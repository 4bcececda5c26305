import type { Terminal } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/index.ts";

/** A terminal that keeps what is written to it. */
export class CapturedTerminal implements Terminal {
  readonly environment: Record<string, string | undefined>;
  readonly colour = false;
  readonly width = 1_000;
  readonly clock = Date.now;
  readonly #stop = new AbortController();
  readonly signal = this.#stop.signal;
  readonly #out: string[] = [];
  readonly #err: string[] = [];
  /** Called with everything written so far. */
  onOut: (text: string) => void = () => {};

  constructor(environment: Record<string, string | undefined> = {}) {
    this.environment = environment;
  }

  readonly out = (text: string): void => {
    this.#out.push(text);
    this.onOut(this.written);
  };

  readonly err = (text: string): void => void this.#err.push(text);

  get written(): string {
    return this.#out.join("\n");
  }

  get complaints(): string {
    return this.#err.join("\n");
  }

  stop(): void {
    this.#stop.abort();
  }
}

/** Runs a command line to its end, or until it is stopped because it does not end by itself. */
export async function call(words: readonly string[], environment: Record<string, string | undefined> = {}) {
  const terminal = new CapturedTerminal(environment);
  const patience = setTimeout(() => terminal.stop(), 20_000);
  const code = await runCommandLine(words, terminal);
  clearTimeout(patience);
  return { code, out: terminal.written, err: terminal.complaints };
}
