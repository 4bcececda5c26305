import { comparing, touching, type WarninglistChange } from "../../src/curation/warninglists/change.ts";
import { finish } from "../../src/curation/warninglists/compilation.ts";
import type { Warninglist } from "../../src/curation/warninglists/warninglist.ts";

/** What changed from one state of all lists to another, at one go. */
export function diff(before: readonly Warninglist[], after: readonly Warninglist[]): WarninglistChange[] {
  return finish(comparing(before, after));
}

/** A test for values that a change may touch, made ready at one go. */
export function touches(change: WarninglistChange): (type: string, value: string) => boolean {
  return finish(touching(change));
}
