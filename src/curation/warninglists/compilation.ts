import type { NumberedList } from "./matcher.ts";

/** Work on many entries that yields now and then, so that whoever carries it out may let other things go on meanwhile. */
export type Compilation<Result> = Generator<undefined, Result>;

/** Entries between two yields: some milliseconds' worth. */
const ENTRIES = 5_000;

/** Does something with every entry of every list. */
export function* eachEntry(
  lists: readonly NumberedList[],
  work: (entry: string, list: number) => void,
): Compilation<void> {
  let done = 0;
  for (const { number, entries } of lists) {
    for (const entry of entries) {
      work(entry, number);
      done += 1;
      if (done % ENTRIES === 0) yield;
    }
  }
}

/** Carries a compilation out at one go. */
export function finish<Result>(compilation: Compilation<Result>): Result {
  for (;;) {
    const { done, value } = compilation.next();
    if (done) return value;
  }
}

/** Carries a compilation out with a pause at each of its yields. */
export async function finishWithPauses<Result>(
  compilation: Compilation<Result>,
  pause: () => Promise<unknown>,
): Promise<Result> {
  for (;;) {
    const { done, value } = compilation.next();
    if (done) return value;
    await pause();
  }
}
