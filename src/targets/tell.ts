import { onOneLine } from "./one-line.ts";

/** The most of a far side's own words that go into a message of ours. */
const MOST_WORDS = 300;

/** Puts a stranger's text in a form that may be told: without our secrets, on one line. */
export type Tell = (text: string) => string;

/** @param secrets what must not be told even when the far side repeats it */
export function tellWithout(secrets: readonly string[]): Tell {
  return (text) =>
    onOneLine(secrets.reduce((told, secret) => told.replaceAll(secret, "***"), text)).slice(0, MOST_WORDS);
}
