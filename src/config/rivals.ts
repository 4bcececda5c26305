import type { Config } from "./schema.ts";
import { sharedDirectories } from "./shared-directories.ts";
import { sharedPlaces } from "./shared-places.ts";
import { soleUses } from "./sole-uses.ts";

/** A target that gets in the way of another, which is named before it. */
export interface Rival {
  name: string;
  /** Which of its keys says so; missing: no single one does. */
  key?: string;
  /** In what way, for a person. */
  message: string;
}

/** The enabled targets that would undo what another does, or want what it has; relative directories count from `directory`. */
export function rivals(targets: Config["targets"], directory: string): Rival[] {
  return [...sharedDirectories(targets, directory), ...sharedPlaces(targets), ...soleUses(targets)];
}
