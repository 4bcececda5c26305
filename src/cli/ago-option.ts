import { parseDuration } from "../config/duration.ts";
import { type Given, textOption, UsageError } from "./command.ts";

/** The time that an option such as `--since 7d` goes back to, milliseconds; `undefined` where it is not given. */
export function agoOption(given: Given, name: string, example: string, now: number): number | undefined {
  const text = textOption(given, name);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (!seconds) throw new UsageError(`--${name} takes a duration such as ${example}, not ${JSON.stringify(text)}`);
  return now - seconds * 1000;
}
