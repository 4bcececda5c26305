import type { Word } from "./words.ts";

/** A way to people. It tries once; who calls it waits and tries again. */
export interface Notifier {
  /** A word that tells it from the others, and stays the same. */
  readonly name: string;
  /**
   * Tells some words at once.
   * @throws TellLater when it names a wait; any other error means that it could not be told now
   */
  tell(words: readonly Word[], signal: AbortSignal): Promise<void>;
}

/** The other side asks to wait. */
export class TellLater extends Error {
  override readonly name = "TellLater";
  /** Milliseconds. */
  readonly wait: number;

  constructor(message: string, wait: number) {
    super(message);
    this.wait = wait;
  }
}
