import { change } from "./change.ts";
import { curation } from "./curation.ts";
import { firstLoad } from "./first-load.ts";
import { flood } from "./flood.ts";
import { loss } from "./loss.ts";
import type { Measure } from "./measured.ts";
import { memory } from "./memory.ts";
import { stix } from "./stix.ts";
import { thumb } from "./thumb.ts";

/** Every group of figures by the name that `--only` takes; those that change the large ledger most come last. */
export const groups = {
  loss,
  thumb,
  curation,
  stix,
  "first-load": firstLoad,
  change,
  flood,
  memory,
} as const satisfies Record<string, Measure>;

/** The name of a group. */
export type GroupName = keyof typeof groups;
