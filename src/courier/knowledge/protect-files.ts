import { readFileSync } from "node:fs";
import { enabledTargets } from "../../config/enabled-targets.ts";
import { resolvePath } from "../../config/load.ts";
import { isProtectFile } from "../../config/protect.ts";
import type { Config } from "../../config/schema.ts";
import { doubtAbout } from "../../curation/protection/doubtful.ts";
import { writtenText } from "./written-text.ts";

/** A line that will hardly protect what its writer had in mind. */
export interface DoubtfulLine {
  /** As it was named. */
  file: string;
  line: number;
  text: string;
  why: string;
}

/** The files of protected values that the enabled targets name. */
export function protectFilesOf(config: Config): string[] {
  return [...new Set(enabledTargets(config).flatMap(([, { guard }]) => guard.protect.filter(isProtectFile)))];
}

/** The warninglists that protect enabled targets, by their names. */
export function protectListsOf(config: Config): string[] {
  const isList = (entry: string) => !isProtectFile(entry);
  return [...new Set(enabledTargets(config).flatMap(([, { guard }]) => guard.protect.filter(isList)))];
}

/** The values of a file of protected values. */
export function protectedValues(config: Config, file: string): string[] {
  return linesOf(config, file).filter((text) => text !== "");
}

/** Lines of these files that look like a slip: they protect nothing, and nobody would notice. */
export function doubtfulLines(config: Config): DoubtfulLine[] {
  return protectFilesOf(config).flatMap((file) =>
    linesOf(config, file).flatMap((text, n) => {
      const why = text === "" ? undefined : doubtAbout(text);
      return why === undefined ? [] : [{ file, line: n + 1, text, why }];
    }),
  );
}

/** One value a line; what follows a `#` is a remark. */
function linesOf(config: Config, file: string): string[] {
  const text = writtenText(readFileSync(resolvePath(config, file)));
  return text.split("\n").map((line) => line.replace(/(^|\s)#.*/, "").trim());
}
