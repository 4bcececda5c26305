import type { Rival } from "./rival.ts";
import type { Config } from "./schema.ts";
import { sharedDirectories } from "./shared-directories.ts";
import { sharedPlaces } from "./shared-places.ts";
import { soleUses } from "./sole-uses.ts";

/** The enabled targets that would undo what another does, or want what it has; relative directories count from `directory`. */
export function rivals(targets: Config["targets"], directory: string): Rival[] {
  return [...sharedDirectories(targets, directory), ...sharedPlaces(targets), ...soleUses(targets)];
}
